package io.tritter.hybrid;

import io.tritter.hybrid.AdaptiveLengths.Lengths;
import io.tritter.optim.State;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The phase machine: which phase a step is in, and how many steps each phase had.
 *
 * <p>A step begins ({@link #begin}, where the phase changes) and ends ({@link #end}, which counts
 * it). {@link #upcoming} looks ahead and changes nothing.
 */
final class PhaseClock {
  private final PhaseSchedule schedule;
  private final @Nullable AdaptiveLengths adaptive;
  private final RecentLosses losses = new RecentLosses();
  private final Map<Phase, Long> steps = new EnumMap<>(Phase.class);
  private Lengths lengths;
  private Phase phase = Phase.WARMUP;
  private boolean begun;
  private long phaseStep;
  private long sinceBackward;
  private long cycle;

  PhaseClock(PhaseSchedule schedule, @Nullable AdaptiveLengths adaptive) {
    this.schedule = schedule;
    this.adaptive = adaptive;
    this.lengths = new Lengths(schedule.full(), schedule.predict());
  }

  /** The phase of the step that has begun or, between two steps, of the last one. */
  Phase phase() {
    return phase;
  }

  long cycle() {
    return cycle;
  }

  long steps(Phase of) {
    return steps.getOrDefault(of, 0L);
  }

  long totalSteps() {
    long total = 0;
    for (long n : steps.values()) {
      total += n;
    }
    return total;
  }

  /** Steps for each backward pass: what the wall clock would gain if nothing else cost time. */
  double speedup() {
    long backward = totalSteps() - steps(Phase.PREDICT);
    return backward == 0 ? 1 : totalSteps() / (double) backward;
  }

  float lastLoss() {
    return losses.last();
  }

  /** The phase of the step that has begun or, between two steps, of the next one. */
  Phase upcoming() {
    if (begun) {
      return phase;
    }
    return switch (phase) {
      case WARMUP -> phaseStep < schedule.warmup() ? Phase.WARMUP : Phase.FULL;
      case FULL -> phaseStep < lengths.full() || noPrediction() ? Phase.FULL : Phase.PREDICT;
      case PREDICT -> correctionIsDue() ? Phase.CORRECT : predictOrFull();
      case CORRECT -> predictOrFull();
    };
  }

  private boolean noPrediction() {
    return schedule.predict() == 0;
  }

  private boolean correctionIsDue() {
    return phaseStep % schedule.correctEvery() == 0 || sinceBackward >= schedule.predict();
  }

  private Phase predictOrFull() {
    return phaseStep < lengths.predict() ? Phase.PREDICT : Phase.FULL;
  }

  /** Enters the phase of the next step, once. */
  void begin() {
    if (begun) {
      return;
    }
    Phase next = upcoming();
    boolean cycleEnds = next == Phase.FULL && (phase != Phase.FULL || phaseStep >= lengths.full());
    if (cycleEnds && phase != Phase.WARMUP) {
      cycle++;
      adapt();
    }
    if (cycleEnds || (phase == Phase.FULL && next == Phase.PREDICT)) {
      phaseStep = 0;
    }
    phase = next;
    begun = true;
  }

  private void adapt() {
    if (adaptive != null && losses.enough()) {
      lengths = adaptive.adjust(lengths, losses.early(), losses.late());
    }
  }

  /** Counts the step that has begun. */
  void end(float loss) {
    losses.add(loss);
    sinceBackward = phase.needsBackward() ? 0 : sinceBackward + 1;
    steps.merge(phase, 1L, Long::sum);
    phaseStep++;
    begun = false;
  }

  State state() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("phase", (double) Phase.SAVED_AS.indexOf(phase));
    numbers.put("begun", begun ? 1.0 : 0.0);
    numbers.put("phase_step", (double) phaseStep);
    numbers.put("since_backward", (double) sinceBackward);
    numbers.put("cycle", (double) cycle);
    numbers.put("full_length", (double) lengths.full());
    numbers.put("predict_length", (double) lengths.predict());
    for (Phase p : Phase.SAVED_AS) {
      numbers.put("steps." + p, (double) steps(p));
    }
    return new State(Map.of(), numbers).plus(losses.state());
  }

  /** A clock with the schedule of this one, at the start. */
  PhaseClock fresh() {
    return new PhaseClock(schedule, adaptive);
  }

  /** A clock with the schedule of this one that goes on from a saved state. */
  PhaseClock resumed(State state) {
    PhaseClock clock = fresh();
    clock.phase = Phase.SAVED_AS.get((int) state.count("phase", 0, Phase.SAVED_AS.size() - 1));
    clock.begun = state.count("begun", 0, 1) == 1;
    clock.phaseStep = state.count("phase_step");
    clock.sinceBackward = state.count("since_backward");
    clock.cycle = state.count("cycle");
    clock.lengths =
        new Lengths(
            (int) state.count("full_length", 1, Integer.MAX_VALUE),
            (int) state.count("predict_length", 0, Integer.MAX_VALUE));
    for (Phase p : Phase.SAVED_AS) {
      clock.steps.put(p, state.count("steps." + p));
    }
    clock.losses.load(state);
    return clock;
  }
}
