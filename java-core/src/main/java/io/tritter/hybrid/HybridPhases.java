package io.tritter.hybrid;

import io.tritter.hybrid.HybridStep.Verdict;
import io.tritter.optim.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the next step is: WARMUP, the {@link Opening}, then FULL steps and attempts in turn. An
 * attempt is PREDICT steps, CORRECT steps and a verdict.
 *
 * <p>Everything is decided at the end of a step, so between two steps a state is complete.
 */
final class HybridPhases implements Restorable {
  /** What is asked of the trainer. */
  interface Ground {
    /** The loss where training is now. */
    double loss();

    /** Cost of {@link #loss}, in full steps. */
    double lossCost();

    /** A rise of the loss over an attempt that is no more than noise. */
    double tolerance();

    /** Cost of a step of an arm, in full steps. */
    double cost(Arm arm);

    /** Whether the way of the loss through an attempt of an arm can be foretold. */
    boolean foretells(Arm arm);

    /** What goes back with an attempt of a kind. */
    Map<String, Restorable> parts(Kind kind);
  }

  private final HybridConfig config;
  private final Map<Kind, PredictKind> kinds;
  private final TrainerClock clock;
  private final Ground ground;
  private final Controller controller;
  private final PlainProgress plain = new PlainProgress();

  private Phase next = Phase.WARMUP;

  /** Steps of the phase so far. */
  private int done;

  /** Steps of the opening so far; all of them when it is over. */
  private int opened;

  /** PREDICT steps that the attempt is to have. */
  private int length;

  private @Nullable Arm plan;

  /** Whether the plan may fit into the purse after these full steps, so that its kind watches. */
  private boolean watching;

  private @Nullable Attempt attempt;

  HybridPhases(
      HybridConfig config, Map<Kind, PredictKind> kinds, TrainerClock clock, Ground ground) {
    this.config = config;
    this.kinds = kinds;
    this.clock = clock;
    this.ground = ground;
    this.controller = new Controller(config);
  }

  /** The phase of the next step. */
  Phase next() {
    return next;
  }

  /** The kind of the next step, which is a PREDICT step. */
  Kind kind() {
    return opens() ? config.opening().kind() : attempted().arm.kind();
  }

  /** Strength of the next step, which is a PREDICT step. */
  double strength() {
    return opens() ? config.opening().strength(opened) : attempted().arm.strength();
  }

  /** The attempt that is under way. */
  @Nullable Attempt attempt() {
    return attempt;
  }

  private Attempt attempted() {
    Attempt running = attempt;
    if (running == null) {
      throw new IllegalStateException("expected an attempt, got none");
    }
    return running;
  }

  /** The kind that is shown full steps now; OFF for none. */
  Kind watcher() {
    if (opens()) {
      return config.opening().kind();
    }
    Attempt running = attempt;
    Arm arm = running != null ? running.arm : watching ? plan : null;
    return arm == null ? Kind.OFF : arm.kind();
  }

  List<ArmRecord> arms() {
    return controller.arms();
  }

  /**
   * Ends a step.
   *
   * @param cost of its passes, in full steps
   */
  Verdict end(double cost, Divergence level) {
    double time = clock.step(cost);
    if (attempt == null) {
      controller.spend(time);
    } else {
      attempt.time += time;
      attempt.steps += next == Phase.PREDICT ? 1 : 0;
    }
    done++;
    if (attempt != null && level == Divergence.CRITICAL) {
      return end(attempt, Double.NaN);
    }
    switch (next) {
      case WARMUP -> endWarmup();
      case FULL -> endFull(level);
      case PREDICT -> endPredict(level);
      case CORRECT -> {
        if (done >= config.recoverySteps()) {
          if (attempt != null) {
            return end(attempt, loss());
          }
          beginPlain();
        }
      }
    }
    return Verdict.NONE;
  }

  private void endWarmup() {
    if (done >= config.warmupSteps()) {
      open();
    }
  }

  private void endFull(Divergence level) {
    if (opens()) {
      opened++;
      open();
    } else if (level.atLeast(Divergence.WARNING)) {
      beginFull();
    } else if (done >= config.fullSteps()) {
      tryPlan();
    }
  }

  private void endPredict(Divergence level) {
    boolean stop = level.atLeast(Divergence.WARNING);
    if (opens()) {
      opened = stop ? config.opening().steps() : opened + 1;
      open();
      return;
    }
    if (level == Divergence.CAUTION) {
      length = done + (length - done) / 2;
    }
    if (stop || done >= length) {
      begin(Phase.CORRECT);
    }
  }

  private void begin(Phase phase) {
    next = phase;
    done = 0;
  }

  private boolean opens() {
    return opened < config.opening().steps();
  }

  /** The next step of the opening, every other one full where its kind learns; or what follows. */
  private void open() {
    if (opens()) {
      boolean learns = part(config.opening().kind()).watches() && opened % 2 == 1;
      next = learns ? Phase.FULL : Phase.PREDICT;
    } else if (config.opening().steps() > 0) {
      begin(Phase.CORRECT);
    } else {
      beginPlain();
    }
  }

  /** Full steps begin after steps of another kind: from here on they are measured. */
  private void beginPlain() {
    if (controller.open()) {
      plain.begin(controller.useful(), loss());
    }
    beginFull();
  }

  private void beginFull() {
    plan = controller.choose();
    watch();
  }

  private void watch() {
    begin(Phase.FULL);
    Arm arm = plan;
    double soon = controller.purse() + config.tryingShare() * config.fullSteps() * clock.unit();
    watching = arm != null && worst(arm) <= soon;
    if (arm != null && watching) {
      part(arm.kind()).watch();
    }
  }

  private void tryPlan() {
    Arm arm = plan;
    if (arm == null) {
      beginFull();
    } else if (!watching || worst(arm) > controller.purse() || !ground.foretells(arm)) {
      watch();
    } else if (part(arm.kind()).confidence() < config.confidence()) {
      controller.decline(arm);
      beginFull();
    } else {
      begin(arm);
    }
  }

  private void begin(Arm arm) {
    Attempt begun = new Attempt(arm);
    attempt = begun;
    begun.loss = loss();
    begun.snapshot = Snapshot.of(ground.parts(arm.kind()));
    plain.end(controller.useful(), begun.loss);
    length = arm.length();
    begin(Phase.PREDICT);
  }

  /** Ends an attempt with the loss that it has come to; NaN sends it back. */
  private Verdict end(Attempt ended, double loss) {
    boolean kept = loss <= ended.loss + ground.tolerance();
    double from = controller.useful();
    double expected = plain.expected(from, from + ended.time);
    controller.judge(ended.arm, ended.time, ended.loss - loss, expected, !kept);
    if (!kept) {
      ended.snapshot().restore();
    }
    attempt = null;
    plain.begin(controller.useful(), kept ? loss : ended.loss);
    beginFull();
    return kept ? Verdict.KEPT : Verdict.ROLLED_BACK;
  }

  /** The loss where training is now; an attempt pays for it, or else the purse. */
  private double loss() {
    double[] loss = new double[1];
    double time = clock.of(ground.lossCost(), () -> loss[0] = ground.loss());
    if (attempt == null) {
      controller.lose(time);
    } else {
      attempt.time += time;
    }
    return loss[0];
  }

  /** The most that an attempt can cost. */
  private double worst(Arm arm) {
    double steps = arm.length() * ground.cost(arm) + config.recoverySteps() + 2 * ground.lossCost();
    return steps * clock.unit();
  }

  /** The steps of a kind that is used. */
  PredictKind part(Kind kind) {
    PredictKind part = kinds.get(kind);
    if (part == null) {
      throw new IllegalStateException(kind + " is none of the kinds");
    }
    return part;
  }

  @Override
  public State state() {
    Attempt running = attempt;
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("next", (double) Phase.SAVED_AS.indexOf(next));
    numbers.put("done", (double) done);
    numbers.put("opened", (double) opened);
    numbers.put("length", (double) length);
    numbers.put("plan", (double) controller.place(plan));
    numbers.put("watching", watching ? 1.0 : 0.0);
    numbers.put("attempted", (double) controller.place(running == null ? null : running.arm));
    State state =
        new State(Map.of(), numbers)
            .plus(controller.state().within("controller."))
            .plus(plain.state().within("plain."));
    return running == null ? state : state.plus(running.state().within("attempt."));
  }

  @Override
  public void load(State state) {
    controller.load(state.part("controller."));
    plain.load(state.part("plain."));
    int last = controller.arms().size() - 1;
    next = Phase.SAVED_AS.get((int) state.count("next", 0, Phase.SAVED_AS.size() - 1));
    done = (int) state.count("done");
    opened = (int) state.count("opened", 0, config.opening().steps());
    length = (int) state.count("length");
    plan = controller.arm((int) state.count("plan", -1, last));
    watching = state.count("watching", 0, 1) == 1;
    Arm arm = controller.arm((int) state.count("attempted", -1, last));
    attempt = null;
    if (arm != null) {
      attempt = Attempt.of(arm, ground.parts(arm.kind()), state.part("attempt."));
    }
  }
}
