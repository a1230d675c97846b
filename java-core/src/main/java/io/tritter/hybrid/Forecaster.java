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
 * Forecasts the loss curve of a run some steps ahead, for each {@link Kind} of steps that may come:
 * a recurrent network over {@value ForecasterFeatures#COUNT} features a tick, with an ensemble of
 * linear heads, each for all horizons. A tick is the mean of some steps of one kind, fewer than
 * usual where the kind changes. It learns while it watches, by backpropagation through the last
 * ticks, and measures its own error.
 *
 * <p>One of the features is the plan: the kind of the ticks that come next. In training it is the
 * kind that came, and a loss is a target only if all ticks up to it were of that kind; so a
 * forecast for a kind is what the loss comes to if nothing else runs until then. The network says
 * how far that is, in units of the noise, from where ticks of the kind have taken the loss of late.
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

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final Settings settings;
  private final ForecasterFeatures features = new ForecasterFeatures();
  private final ForecasterWindow window = new ForecasterWindow(WINDOW, POINTS);
  private final ForecasterNetwork network;
  private final ForecastScores scores = new ForecastScores(HORIZONS);
  private final KindDrifts drifts = new KindDrifts();
  private final ForecasterTick tick = new ForecasterTick();

  /** States of the network before the first tick of the window, and before the newest. */
  private final Tensor start;

  private final Tensor before;

  private final Tensor dresult;
  private long ticks;

  /** The kind of steps that have no loss yet; OFF for none. */
  private Kind jumped = Kind.OFF;

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
    before = Tensor.zeros(settings.hidden);
    dresult = Tensor.zeros(WINDOW, outputs);
  }

  /**
   * Takes in a step; only one that ends a tick costs something: each {@code every}-th of a kind,
   * and the first of another kind.
   *
   * @param kind OFF but for PREDICT steps
   * @throws IllegalArgumentException for numbers that are not finite, for a negative norm or rate,
   *     and for a kind that the phase does not have; nothing has changed then
   */
  public void observe(
      double loss, double gradientNorm, double learningRate, Phase phase, Kind kind) {
    Check.finite("loss", (float) loss);
    Check.inRange("gradient_norm", gradientNorm, 0, Double.MAX_VALUE);
    Check.inRange("learning_rate", learningRate, 0, Double.MAX_VALUE);
    if ((phase == Phase.PREDICT) == (kind == Kind.OFF)) {
      throw Check.expected("kind", phase == Phase.PREDICT ? "a kind" : "OFF in " + phase, kind);
    }
    if (jumped != Kind.OFF) {
      tick.add(loss, gradientNorm, learningRate, Phase.PREDICT, jumped);
      jumped = Kind.OFF;
      end();
    } else if (tick.steps() > 0 && tick.kind() != kind) {
      end();
    }
    tick.add(loss, gradientNorm, learningRate, phase, kind);
    if (tick.steps() == settings.every) {
      end();
    }
  }

  /**
   * Takes in a step of a kind that runs no pass, and so has no loss. A stretch of them is one tick,
   * whose loss is that of the step after them: what they have come to.
   *
   * @throws IllegalArgumentException for a kind whose steps have a loss
   */
  public void jump(Kind kind) {
    if (!kind.jumps()) {
      throw Check.expected("kind", "one that runs no pass", kind);
    }
    if (tick.steps() > 0) {
      end();
    }
    jumped = kind;
  }

  private void end() {
    if (window.count() > 0) {
      plan(window.count() - 1);
    }
    if (window.full()) {
      start.copyFrom(network.state(0));
    }
    ticks++;
    window.push(tick.kind(), tick.loss());
    features.tick(tick, window.input(window.count() - 1));
    window.relativeTo(features.base(), features.noise());
    compare();
    learn();
    tick.clear();
  }

  /** The plan of the newest tick turns out to be the kind of the tick that ends. */
  private void plan(int newest) {
    List<Forecast> made = forecasts(tick.kind());
    for (int k = 0; k < POINTS; k++) {
      window.forecast(newest, k, made.get(k).loss());
    }
    ForecasterFeatures.plan(tick.kind(), window.input(newest));
    window.drift(newest, drifts.of(tick.kind()));
    drifts.add(tick.kind(), tick.loss() - window.losses().get(newest));
  }

  /** Forecasts of ticks whose plan was kept to until now. */
  private void compare() {
    int newest = window.count() - 1;
    for (int k = 0; k < POINTS; k++) {
      int from = newest - HORIZONS[k];
      if (from >= 1 && window.kept(from) >= HORIZONS[k]) {
        double made = window.forecast(from, k);
        scores.of(tick.kind(), k).compare(window.losses(), newest, made);
      }
    }
  }

  /** One update by what the ticks of the window have shown of each other: Huber's loss. */
  private void learn() {
    int count = window.count() - 1;
    if (count == 0) {
      return;
    }
    Tensor inputs = window.planned();
    Tensor result = network.forward(inputs, start);
    before.copyFrom(network.state(count - 1));
    int outputs = result.dim(1);
    float scale = 1f / result.size();
    dresult.clear();
    for (int t = 0; t < count; t++) {
      int kept = window.kept(t);
      SplittableRandom halves =
          new SplittableRandom(settings.seed ^ (ticks - 1 - count + t) * GOLDEN);
      for (int head = 0; head < settings.heads; head++) {
        boolean learns = halves.nextBoolean();
        for (int k = 0; learns && k < POINTS && HORIZONS[k] <= kept; k++) {
          double target = Math.clamp(window.target(t, HORIZONS[k]), -MOST, MOST);
          long at = (long) t * outputs + (long) head * POINTS + k;
          dresult.set(at, scale * (float) Math.clamp(result.get(at) - target, -1, 1));
        }
      }
    }
    network.backward(inputs, start, dresult.rows(0, count));
    network.update(settings.learningRate * (1 + EAGER / (1 + ticks / EAGER_TICKS)));
  }

  /**
   * The forecast at each horizon, the nearest first, if all steps up to there are of a kind; none
   * before the first tick. Beyond its {@link #reach} a kind is guessed at, from others.
   */
  public List<Forecast> forecasts(Kind kind) {
    List<Forecast> points = new ArrayList<>();
    if (ticks > 0) {
      Tensor input = window.input(window.count() - 1).copy();
      ForecasterFeatures.plan(kind, input);
      Tensor result = network.step(input, before);
      for (int k = 0; k < POINTS; k++) {
        points.add(point(kind, result, k));
      }
    }
    return points;
  }

  private Forecast point(Kind kind, Tensor result, int k) {
    double mean = 0;
    for (int head = 0; head < settings.heads; head++) {
      mean += result.get((long) head * POINTS + k) / settings.heads;
    }
    double variance = 0;
    for (int head = 0; head < settings.heads; head++) {
      double off = result.get((long) head * POINTS + k) - mean;
      variance += off * off / settings.heads;
    }
    double noise = features.noise();
    double loss = features.base() + HORIZONS[k] * drifts.of(kind) + mean * noise;
    return point(HORIZONS[k] * settings.every, loss, Math.sqrt(variance) * noise);
  }

  private Forecast point(int ahead, double loss, double spread) {
    double relative = spread / features.noise();
    return new Forecast(ahead, loss, spread, 1 / (1 + relative * relative));
  }

  /**
   * The loss that is expected {@code ahead} steps of a kind after the last tick: on straight lines
   * from the level now through the horizons, and beyond the farthest as it is there.
   *
   * @param ahead at least 0
   */
  public Forecast at(Kind kind, int ahead) {
    Check.atLeast("ahead", ahead, 0);
    if (ticks == 0) {
      return new Forecast(ahead, Double.NaN, Double.NaN, 0);
    }
    Forecast last = point(0, features.base(), 0);
    for (Forecast next : forecasts(kind)) {
      if (ahead < next.steps()) {
        double share = (ahead - last.steps()) / (double) (next.steps() - last.steps());
        return point(
            ahead,
            last.loss() + (next.loss() - last.loss()) * share,
            last.spread() + (next.spread() - last.spread()) * share);
      }
      last = next;
    }
    return point(ahead, last.loss(), last.spread());
  }

  /**
   * The farthest horizon, in steps, at which forecasts for a kind have been compared {@value
   * ForecastScores#KNOWN} times with what came; 0 for a kind that is new.
   */
  public int reach(Kind kind) {
    return scores.reach(kind) * settings.every;
  }

  /** What the forecasts for each kind that came were worth, at each horizon, the nearest first. */
  public List<ForecastError> errors() {
    return scores.errors(settings.every);
  }

  /** All that the next forecast depends on; its tensors are live. */
  @Override
  public State state() {
    return curveState()
        .plus(network.state().within("network."))
        .plus(drifts.state().within("drifts."))
        .plus(scores.state().within("score."));
  }

  /**
   * Goes on from the saved state of a forecaster with the same settings.
   *
   * @throws IllegalArgumentException for a state that does not fit; this one is of no use then
   */
  @Override
  public void load(State state) {
    loadCurve(state);
    network.load(state.part("network."));
    drifts.load(state.part("drifts."));
    scores.load(state.part("score."));
  }

  /**
   * Where it is on the curve. What goes back with an attempt is this; what it has learned of the
   * attempt stays, as does what its forecasts were worth.
   */
  Restorable curve() {
    return Restorable.of(this::curveState, this::loadCurve);
  }

  private State curveState() {
    double jumpedAs = ForecasterWindow.KINDS.indexOf(jumped);
    return new State(states(), Map.of("ticks", (double) ticks, "jumped", jumpedAs))
        .plus(tick.state().within("tick."))
        .plus(window.state().within("window."))
        .plus(features.state().within("features."));
  }

  private void loadCurve(State state) {
    states().forEach((name, tensor) -> tensor.copyFrom(state.tensor(name, tensor.shape())));
    ticks = state.count("ticks");
    jumped = ForecasterWindow.KINDS.get((int) state.count("jumped", 0, Kind.values().length - 1));
    tick.load(state.part("tick."));
    window.load(state.part("window."));
    features.load(state.part("features."));
  }

  private Map<String, Tensor> states() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("start", start);
    tensors.put("first", network.state(0));
    tensors.put("before", before);
    return tensors;
  }
}
