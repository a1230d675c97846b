package io.tritter.hybrid;

import io.tritter.hybrid.HybridStats.PhaseTotal;
import io.tritter.optim.State;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Where the time of a trainer goes: seconds of each phase, and of those what is not its own work;
 * and time as attempts are judged by it, which is declared or measured.
 */
final class TrainerClock implements Restorable {
  /** Of the mean time of a full step, what one more counts. */
  private static final double NEW = 0.1;

  private final LongSupplier nanoTime;
  private final boolean wall;
  private final Map<Phase, PhaseTotal> totals = new EnumMap<>(Phase.class);
  private double others;
  private double fullSeconds;
  private long began;

  TrainerClock(LongSupplier nanoTime, HybridConfig.Clock kind) {
    this.nanoTime = nanoTime;
    this.wall = kind == HybridConfig.Clock.WALL;
  }

  void begin() {
    began = nanoTime.getAsLong();
  }

  private double sinceBegin() {
    return (nanoTime.getAsLong() - began) / 1e9;
  }

  /** Time of the step that has begun, all but what comes after this call. */
  double step(double declared) {
    return wall ? sinceBegin() : declared;
  }

  /** Time of a piece of work. */
  double of(double declared, Runnable work) {
    long before = nanoTime.getAsLong();
    work.run();
    return wall ? (nanoTime.getAsLong() - before) / 1e9 : declared;
  }

  /** Takes the step that has begun for a full one. */
  void full() {
    double seconds = sinceBegin();
    fullSeconds = fullSeconds == 0 ? seconds : fullSeconds + NEW * (seconds - fullSeconds);
  }

  /** Time of a full step. */
  double unit() {
    return wall ? fullSeconds : 1;
  }

  void end(Phase phase) {
    PhaseTotal total = total(phase);
    totals.put(phase, new PhaseTotal(total.steps() + 1, total.seconds() + sinceBegin()));
  }

  /** Runs what plain training does too, and counts its time as not the trainer's own. */
  double others(DoubleSupplier work) {
    long before = nanoTime.getAsLong();
    double result = work.getAsDouble();
    others += (nanoTime.getAsLong() - before) / 1e9;
    return result;
  }

  private PhaseTotal total(Phase phase) {
    return totals.getOrDefault(phase, new PhaseTotal(0, 0));
  }

  Map<Phase, PhaseTotal> totals() {
    Map<Phase, PhaseTotal> all = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      all.put(phase, total(phase));
    }
    return all;
  }

  long steps() {
    return totals.values().stream().mapToLong(PhaseTotal::steps).sum();
  }

  double seconds() {
    return totals.values().stream().mapToDouble(PhaseTotal::seconds).sum();
  }

  /** Share of the seconds that was the trainer's own. */
  double overhead() {
    double all = seconds();
    return all > 0 ? Math.max(0, 1 - others / all) : 0;
  }

  @Override
  public State state() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("others", others);
    numbers.put("full_seconds", fullSeconds);
    for (Phase phase : Phase.values()) {
      numbers.put("steps." + phase, (double) total(phase).steps());
      numbers.put("seconds." + phase, total(phase).seconds());
    }
    return new State(Map.of(), numbers);
  }

  @Override
  public void load(State state) {
    others = state.number("others");
    fullSeconds = state.number("full_seconds");
    for (Phase phase : Phase.values()) {
      totals.put(
          phase, new PhaseTotal(state.count("steps." + phase), state.number("seconds." + phase)));
    }
  }
}
