package io.tritter.hybrid;

import io.tritter.optim.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what is tried next, by upper confidence bounds on the advantage over full steps; "off" is
 * the arm whose advantage is 0. Each has as many attempts as {@link HybridConfig#rejections} says.
 *
 * <p>An attempt has to fit into what is in the purse: a share of the time so far, and what earlier
 * attempts have gained, less what they have lost. As an attempt loses no more than its own time,
 * all of them together never lose more than that share.
 */
final class Controller {
  /** Of an arm that was tried n times the bound is this over the root of n. */
  private static final double CURIOSITY = 0.2;

  private final HybridConfig config;
  private final List<ArmRecord> arms = new ArrayList<>();

  private double useful;

  private double gained;
  private double lost;

  Controller(HybridConfig config) {
    this.config = config;
    for (int length : config.lengths()) {
      for (Kind kind : config.kinds()) {
        for (double strength : config.strengths()) {
          arms.add(ArmRecord.of(new Arm(kind, length, strength)));
        }
      }
    }
  }

  List<ArmRecord> arms() {
    return List.copyOf(arms);
  }

  /** Whether an attempt could still be chosen. */
  boolean open() {
    return arms.stream().anyMatch(this::open);
  }

  private boolean open(ArmRecord arm) {
    return arm.rejections() < config.rejections();
  }

  /** The arm to try next; null for "off". Of equal ones the first. */
  @Nullable Arm choose() {
    Arm best = null;
    double most = Double.NEGATIVE_INFINITY;
    for (ArmRecord record : arms) {
      double bound = bound(record);
      boolean worth = bound > 0 || record.tries() < config.rejections();
      if (open(record) && worth && bound > most) {
        most = bound;
        best = record.arm();
      }
    }
    return best;
  }

  private static double bound(ArmRecord record) {
    return record.tries() == 0
        ? 2 * CURIOSITY
        : record.advantage() + CURIOSITY / Math.sqrt(record.tries());
  }

  /** Time that was spent on full steps, or on an opening. */
  void spend(double time) {
    useful += time;
  }

  /** Time that was spent on measuring. */
  void lose(double time) {
    lost += time;
  }

  /** Time that full steps alone would have taken to where training is now. */
  double useful() {
    return useful;
  }

  /** What the next attempt may cost. */
  double purse() {
    return config.tryingShare() * useful + gained - lost;
  }

  /**
   * The end of an attempt.
   *
   * @param time it took, recovery and measuring in it
   * @param progress fall of the loss over it
   * @param expected fall of the loss over as much time with full steps
   */
  void judge(Arm arm, double time, double progress, double expected, boolean rolledBack) {
    double advantage = advantage(progress, expected, rolledBack);
    replace(arm, record(arm).withAttempt(advantage, rolledBack));
    if (advantage < 0) {
      lost -= advantage * time;
      useful += (1 + advantage) * time;
    } else {
      gained += advantage * time;
      useful += time;
    }
  }

  /** Where full steps gain nothing either, nothing was lost, and nothing shown. */
  private static double advantage(double progress, double expected, boolean rolledBack) {
    if (rolledBack) {
      return -1;
    }
    return expected > 0 ? Math.clamp(progress / expected - 1, -1, 1) : 0;
  }

  /** An attempt that was not worth its time to begin with. */
  void decline(Arm arm) {
    replace(arm, record(arm).withDecline());
  }

  private ArmRecord record(Arm arm) {
    return arms.get(place(arm));
  }

  private void replace(Arm arm, ArmRecord record) {
    arms.set(place(arm), record);
  }

  /** The arm at a place; null for -1. */
  @Nullable Arm arm(int place) {
    return place < 0 ? null : arms.get(place).arm();
  }

  /** Place of an arm, by which a state has it; -1 for null. */
  int place(@Nullable Arm arm) {
    if (arm == null) {
      return -1;
    }
    for (int i = 0; i < arms.size(); i++) {
      if (arms.get(i).arm().equals(arm)) {
        return i;
      }
    }
    throw new IllegalStateException(arm + " is none of the arms");
  }

  State state() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("useful", useful);
    numbers.put("gained", gained);
    numbers.put("lost", lost);
    numbers.put("arms", (double) arms.size());
    for (int i = 0; i < arms.size(); i++) {
      ArmRecord arm = arms.get(i);
      numbers.put("tries." + i, (double) arm.tries());
      numbers.put("kept." + i, (double) arm.kept());
      numbers.put("rejections." + i, (double) arm.rejections());
      numbers.put("declined." + i, (double) arm.declined());
      numbers.put("advantage." + i, arm.advantage());
    }
    return new State(Map.of(), numbers);
  }

  /** Goes on from the state of a controller of as many arms. */
  void load(State state) {
    state.count("arms", arms.size(), arms.size());
    for (int i = 0; i < arms.size(); i++) {
      arms.set(
          i,
          new ArmRecord(
              arms.get(i).arm(),
              (int) state.count("tries." + i),
              (int) state.count("kept." + i),
              (int) state.count("rejections." + i),
              (int) state.count("declined." + i),
              state.number("advantage." + i)));
    }
    useful = state.number("useful");
    gained = state.number("gained");
    lost = state.number("lost");
  }
}
