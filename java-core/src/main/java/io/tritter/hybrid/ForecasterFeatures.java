package io.tritter.hybrid;

import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link Forecaster} sees of a run: {@value #COUNT} numbers of the order of 1 a tick, of
 * loss, gradient norm, learning rate and phase, relative to averages over 2 to 256 ticks; and the
 * kind of the ticks that come next.
 */
final class ForecasterFeatures {
  static final int COUNT = 64;

  /** Where the plan begins, a place a kind. */
  private static final int PLAN = COUNT - ForecasterWindow.KINDS.size();

  private static final int PHASES = Phase.SAVED_AS.size();

  /** Averages over 2, 4, ... 256 ticks. */
  private static final int SCALES = 8;

  /** Ticks whose values are features of their own. */
  private static final int LAGS = 8;

  private static final int NORM_LAGS = 4;

  /** The average that forecasts are relative to: over 2 ticks. */
  private static final int BASE = 0;

  /** Second moments are averages over so many ticks. */
  private static final int MOMENT_TICKS = 16;

  /** Where the noise is held at least, relative to the loss. */
  private static final double LEAST_NOISE = 1e-4;

  /** Of what is divided by or has its logarithm taken. */
  private static final double LEAST = 1e-8;

  /** Features are cut off here. */
  private static final double MOST = 8;

  private final Tensor losses = Tensor.zeros(SCALES);
  private final Tensor norms = Tensor.zeros(SCALES);
  private final Tensor lossLags = Tensor.zeros(LAGS);
  private final Tensor normLags = Tensor.zeros(NORM_LAGS);

  private long ticks;
  private double rate;
  private double highestRate;
  private long inPhase;
  private int lastPhase;

  /** Distances of the last tick from the level before it, and their mean squares and products. */
  private double lossOff;

  private double lossVariance;
  private double normVariance;
  private double echo;
  private double joint;

  /** The level of the loss that forecasts start from. */
  double base() {
    return losses.get(BASE);
  }

  /** The usual distance of a tick's loss from the level; positive. */
  double noise() {
    return Math.max(Math.sqrt(lossVariance), LEAST_NOISE * Math.abs(base()) + LEAST);
  }

  /**
   * Takes in a tick, and writes its features, without a plan.
   *
   * @param out [COUNT]
   */
  void tick(ForecasterTick tick, Tensor out) {
    double loss = tick.loss();
    double norm = tick.norm();
    if (ticks == 0) {
      begin(tick);
    }
    ticks++;
    moments(loss - base(), norm - norms.get(BASE));
    average(losses, loss);
    average(norms, norm);
    double normBefore = normLags.get(0);
    push(lossLags, loss);
    push(normLags, norm);
    inPhase = tick.phase() == lastPhase ? inPhase + 1 : 1;
    lastPhase = tick.phase();
    double rateBefore = rate;
    rate = tick.learningRate();
    highestRate = Math.max(highestRate, rate);
    write(loss, norm, normBefore, rateBefore, out);
  }

  /** Writes the plan into the features of a tick: the kind of those that come next. */
  static void plan(Kind next, Tensor out) {
    for (int i = PLAN; i < COUNT; i++) {
      out.set(i, ForecasterWindow.KINDS.get(i - PLAN) == next ? 1 : 0);
    }
  }

  /** As if all ticks before the first had been like it. */
  private void begin(ForecasterTick tick) {
    fill(losses, tick.loss());
    fill(lossLags, tick.loss());
    fill(norms, tick.norm());
    fill(normLags, tick.norm());
    rate = tick.learningRate();
    lastPhase = tick.phase();
  }

  private void moments(double loss, double norm) {
    double weight = 1.0 / Math.min(ticks, MOMENT_TICKS);
    lossVariance += weight * (loss * loss - lossVariance);
    normVariance += weight * (norm * norm - normVariance);
    echo += weight * (loss * lossOff - echo);
    joint += weight * (loss * norm - joint);
    lossOff = loss;
  }

  private static void fill(Tensor tensor, double value) {
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, (float) value);
    }
  }

  private static void average(Tensor averages, double value) {
    for (int i = 0; i < SCALES; i++) {
      double old = averages.get(i);
      averages.set(i, (float) (old + (value - old) / (2 << i)));
    }
  }

  private static void push(Tensor lags, double value) {
    for (int i = (int) lags.size() - 1; i > 0; i--) {
      lags.set(i, lags.get(i - 1));
    }
    lags.set(0, (float) value);
  }

  private void write(double loss, double norm, double normBefore, double rateBefore, Tensor out) {
    double noise = noise();
    int at = 0;
    for (int i = 0; i < SCALES; i++) {
      at = put(out, at, (loss - losses.get(i)) / noise);
      at = put(out, at, norm - norms.get(i));
    }
    for (int i = 1; i < SCALES; i++) {
      at = put(out, at, (losses.get(i - 1) - losses.get(i)) / noise);
    }
    for (int i = 1; i < LAGS; i++) {
      at = put(out, at, (lossLags.get(i) - base()) / noise);
    }
    for (int i = 1; i < NORM_LAGS; i++) {
      at = put(out, at, normLags.get(i) - norms.get(BASE));
    }
    // The slope of the loss against the logarithm of time, where curves are nearly straight.
    for (int i = 2; i < SCALES; i++) {
      at = put(out, at, (losses.get(i) - base()) / noise / Math.log1p((2 << i) / (double) ticks));
    }
    at = put(out, at, log(Math.abs(loss)));
    at = put(out, at, (log(noise) - log(Math.abs(base()))) / 4);
    at = put(out, at, echo / (lossVariance + LEAST));
    at = put(out, at, norm / 4);
    at = put(out, at, norm - normBefore);
    at = put(out, at, Math.sqrt(normVariance));
    at = put(out, at, joint / (Math.sqrt(lossVariance * normVariance) + LEAST));
    at = put(out, at, Math.log((double) ticks) / 4);
    at = put(out, at, 1.0 / ticks);
    at = put(out, at, log(rate) / 4);
    at = put(out, at, 16 * (log(rate) - log(rateBefore)));
    at = put(out, at, log(rate) - log(highestRate));
    for (int i = 0; i < PHASES; i++) {
      at = put(out, at, i == lastPhase ? 1 : 0);
    }
    at = put(out, at, Math.log((double) inPhase) / 4);
    if (at != PLAN) {
      throw new IllegalStateException("%d features, got %d".formatted(PLAN, at));
    }
    for (int i = PLAN; i < COUNT; i++) {
      out.set(i, 0);
    }
  }

  private static double log(double value) {
    return Math.log(Math.max(value, LEAST));
  }

  private static int put(Tensor out, int at, double value) {
    out.set(at, (float) Math.clamp(value, -MOST, MOST));
    return at + 1;
  }

  /** All that it remembers; live. */
  State state() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("ticks", (double) ticks);
    numbers.put("rate", rate);
    numbers.put("highest_rate", highestRate);
    numbers.put("in_phase", (double) inPhase);
    numbers.put("last_phase", (double) lastPhase);
    numbers.put("loss_off", lossOff);
    numbers.put("loss_variance", lossVariance);
    numbers.put("norm_variance", normVariance);
    numbers.put("echo", echo);
    numbers.put("joint", joint);
    return new State(tensors(), numbers);
  }

  private Map<String, Tensor> tensors() {
    return Map.of("losses", losses, "norms", norms, "loss_lags", lossLags, "norm_lags", normLags);
  }

  /** Goes on from a saved state; of no use after one that does not fit. */
  void load(State state) {
    tensors().forEach((name, tensor) -> tensor.copyFrom(state.tensor(name, tensor.shape())));
    ticks = state.count("ticks");
    rate = state.number("rate");
    highestRate = state.number("highest_rate");
    inPhase = state.count("in_phase");
    lastPhase = (int) state.count("last_phase", 0, PHASES - 1);
    lossOff = state.number("loss_off");
    lossVariance = state.number("loss_variance");
    normVariance = state.number("norm_variance");
    echo = state.number("echo");
    joint = state.number("joint");
  }
}
