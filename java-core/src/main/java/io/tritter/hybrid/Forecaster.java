package io.tritter.hybrid;

import io.tritter.optim.State;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Forecasts the loss curve of a run some steps ahead: a recurrent network over {@value
 * ForecasterFeatures#COUNT} features a tick, a tick being the mean of some steps, with an ensemble
 * of linear heads, each for all horizons. It learns while it watches, by backpropagation through
 * the last ticks, and measures its own error.
 *
 * <p>A head learns from a random half of the ticks, its own; how far the heads are apart says how
 * much a forecast is worth. Everything is decided by the seed and by what was observed.
 */
public final class Forecaster implements Restorable {
  /** Ticks ahead that are forecast. */
  private static final int[] HORIZONS = {1, 2, 4, 8};

  private static final int POINTS = HORIZONS.length;
  private static final int FARTHEST = HORIZONS[POINTS - 1];

  /** Ticks of a window of training; half of them have targets at the farthest horizon. */
  private static final int WINDOW = 2 * FARTHEST;

  /** Targets are cut off here, in units of the noise. */
  private static final double MOST = 8;

  /** By how much the learning rate is higher at the start, and the ticks that halve that. */
  private static final double EAGER = 30;

  private static final double EAGER_TICKS = 8;

  /** A gradient norm is taken to be at least this. */
  private static final double LEAST_NORM = 1e-12;

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final Settings settings;
  private final ForecasterFeatures features = new ForecasterFeatures();
  private final ForecasterNetwork network;
  private final ForecastScore[] scores = new ForecastScore[POINTS];

  /** Features of the last ticks, the oldest first, and the state of the network before them. */
  private final Tensor inputs = Tensor.zeros(WINDOW, ForecasterFeatures.COUNT);

  private final Tensor start;

  /** Of each of them its loss, the level and the noise that its forecasts are relative to. */
  private final Tensor losses = Tensor.zeros(WINDOW);

  private final Tensor levels = Tensor.zeros(WINDOW);
  private final Tensor noises = Tensor.zeros(WINDOW);

  /** What each of them forecast. */
  private final Tensor forecasts = Tensor.zeros(WINDOW, POINTS);

  /** Outputs of the network for the last tick, [heads, POINTS]. */
  private final Tensor latest;

  private final Tensor dresult;

  /** Sums over the steps of the tick that has begun. */
  private double lossSum;

  private double normSum;
  private long steps;
  private long ticks;

  /**
   * How a forecaster learns.
   *
   * @param every steps of a tick, and between two updates
   * @param hidden units of the network
   * @param heads of the ensemble, at least 2
   * @param learningRate of AdamW; the first updates are up to 31 times as large
   */
  public record Settings(int every, int hidden, int heads, double learningRate, long seed) {
    public static final Settings DEFAULT = new Settings(4, 256, 5, 1e-4, 0);

    public Settings {
      Check.atLeast("every", every, 1);
      Check.atLeast("hidden", hidden, 1);
      Check.atLeast("heads", heads, 2);
      Check.positive("learning_rate", learningRate);
    }
  }

  public Forecaster(Settings settings) {
    this.settings = settings;
    int outputs = Math.multiplyExact(settings.heads, POINTS);
    network =
        new ForecasterNetwork(
            ForecasterFeatures.COUNT, settings.hidden, outputs, WINDOW, settings.seed);
    start = Tensor.zeros(settings.hidden);
    latest = Tensor.zeros(outputs);
    dresult = Tensor.zeros(WINDOW, outputs);
    for (int k = 0; k < POINTS; k++) {
      scores[k] = new ForecastScore(HORIZONS[k]);
    }
  }

  /**
   * Takes in a step; each {@code every}-th one ends a tick, and only those cost something.
   *
   * @throws IllegalArgumentException for numbers that are not finite and for a negative norm or
   *     rate; nothing has changed then
   */
  public void observe(double loss, double gradientNorm, double learningRate, Phase phase) {
    Check.finite("loss", (float) loss);
    Check.inRange("gradient_norm", gradientNorm, 0, Double.MAX_VALUE);
    Check.inRange("learning_rate", learningRate, 0, Double.MAX_VALUE);
    lossSum += loss;
    normSum += Math.log(Math.max(gradientNorm, LEAST_NORM));
    steps++;
    if (steps % settings.every == 0) {
      tick(lossSum / settings.every, normSum / settings.every, learningRate, phase);
      lossSum = 0;
      normSum = 0;
    }
  }

  private void tick(double loss, double norm, double rate, Phase phase) {
    int newest = (int) Math.min(ticks, WINDOW - 1);
    if (ticks >= WINDOW) {
      start.copyFrom(network.state(0));
      for (Tensor rows : List.of(inputs, losses, levels, noises, forecasts)) {
        rows.rows(0, WINDOW - 1).copyFrom(rows.rows(1, WINDOW));
      }
    }
    ticks++;
    Tensor row = inputs.rows(newest, newest + 1).reshape(ForecasterFeatures.COUNT);
    features.tick(loss, norm, rate, phase, row);
    losses.set(newest, (float) loss);
    levels.set(newest, (float) features.base());
    noises.set(newest, (float) features.noise());
    for (int k = 0; k < POINTS; k++) {
      int from = newest - HORIZONS[k];
      if (from >= 1) {
        scores[k].compare(losses, newest, forecasts.get((long) from * POINTS + k));
      }
    }
    Tensor window = inputs.rows(0, newest + 1);
    Tensor result = network.forward(window, start);
    latest.copyFrom(result.rows(newest, newest + 1));
    for (int k = 0; k < POINTS; k++) {
      forecasts.set((long) newest * POINTS + k, (float) point(k).loss());
    }
    learn(window, result);
  }

  /** One update by what the ticks of the window have shown of each other: Huber's loss. */
  private void learn(Tensor window, Tensor result) {
    int count = window.dim(0);
    if (count <= HORIZONS[0]) {
      return;
    }
    int outputs = result.dim(1);
    float scale = 1f / result.size();
    dresult.clear();
    for (int t = 0; t < count; t++) {
      SplittableRandom halves = new SplittableRandom(settings.seed ^ (ticks - count + t) * GOLDEN);
      for (int head = 0; head < settings.heads; head++) {
        boolean learns = halves.nextBoolean();
        for (int k = 0; learns && k < POINTS && t + HORIZONS[k] < count; k++) {
          double later = losses.get((long) t + HORIZONS[k]);
          double target = Math.clamp((later - levels.get(t)) / noises.get(t), -MOST, MOST);
          long at = (long) t * outputs + (long) head * POINTS + k;
          dresult.set(at, scale * (float) Math.clamp(result.get(at) - target, -1, 1));
        }
      }
    }
    network.backward(window, start, dresult.rows(0, count));
    network.update(settings.learningRate * (1 + EAGER / (1 + ticks / EAGER_TICKS)));
  }

  /** The forecast at each horizon, the nearest first; none before the first tick. */
  public List<Forecast> forecasts() {
    List<Forecast> points = new ArrayList<>();
    for (int k = 0; k < POINTS && ticks > 0; k++) {
      points.add(point(k));
    }
    return points;
  }

  private Forecast point(int k) {
    double mean = 0;
    for (int head = 0; head < settings.heads; head++) {
      mean += latest.get((long) head * POINTS + k) / settings.heads;
    }
    double variance = 0;
    for (int head = 0; head < settings.heads; head++) {
      double off = latest.get((long) head * POINTS + k) - mean;
      variance += off * off / settings.heads;
    }
    double noise = features.noise();
    return point(
        HORIZONS[k] * settings.every, features.base() + mean * noise, Math.sqrt(variance) * noise);
  }

  private Forecast point(int ahead, double loss, double spread) {
    double relative = spread / features.noise();
    return new Forecast(ahead, loss, spread, 1 / (1 + relative * relative));
  }

  /**
   * The loss that is expected {@code ahead} steps after the last tick: on straight lines from the
   * level now through the horizons, and beyond the farthest as it is there.
   *
   * @param ahead at least 0
   */
  public Forecast at(int ahead) {
    Check.atLeast("ahead", ahead, 0);
    if (ticks == 0) {
      return new Forecast(ahead, Double.NaN, Double.NaN, 0);
    }
    Forecast before = point(0, features.base(), 0);
    for (Forecast after : forecasts()) {
      if (ahead < after.steps()) {
        double share = (ahead - before.steps()) / (double) (after.steps() - before.steps());
        return point(
            ahead,
            before.loss() + (after.loss() - before.loss()) * share,
            before.spread() + (after.spread() - before.spread()) * share);
      }
      before = after;
    }
    return point(ahead, before.loss(), before.spread());
  }

  /** What the forecasts were worth at each horizon, the nearest first. */
  public List<ForecastError> errors() {
    List<ForecastError> all = new ArrayList<>();
    for (int k = 0; k < POINTS; k++) {
      all.add(scores[k].errors(HORIZONS[k] * settings.every));
    }
    return all;
  }

  /** All that the next forecast depends on; its tensors are live. */
  @Override
  public State state() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("steps", (double) steps);
    numbers.put("ticks", (double) ticks);
    numbers.put("loss_sum", lossSum);
    numbers.put("norm_sum", normSum);
    State state =
        new State(tensors(), numbers)
            .plus(features.state().within("features."))
            .plus(network.state().within("network."));
    for (int k = 0; k < POINTS; k++) {
      state = state.plus(scores[k].state().within("score." + HORIZONS[k] + "."));
    }
    return state;
  }

  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("inputs", inputs);
    tensors.put("start", start);
    tensors.put("first", network.state(0));
    tensors.put("losses", losses);
    tensors.put("levels", levels);
    tensors.put("noises", noises);
    tensors.put("forecasts", forecasts);
    tensors.put("latest", latest);
    return tensors;
  }

  /**
   * Goes on from the saved state of a forecaster with the same settings.
   *
   * @throws IllegalArgumentException for a state that does not fit; this one is of no use then
   */
  @Override
  public void load(State state) {
    tensors().forEach((name, tensor) -> tensor.copyFrom(state.tensor(name, tensor.shape())));
    features.load(state.part("features."));
    network.load(state.part("network."));
    for (int k = 0; k < POINTS; k++) {
      scores[k].load(state.part("score." + HORIZONS[k] + "."));
    }
    steps = state.count("steps");
    ticks = state.count("ticks");
    lossSum = state.number("loss_sum");
    normSum = state.number("norm_sum");
  }
}
