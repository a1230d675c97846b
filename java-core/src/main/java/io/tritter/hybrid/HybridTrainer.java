package io.tritter.hybrid;

import io.tritter.hybrid.HybridStep.Verdict;
import io.tritter.optim.Optimizer;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Training in which some steps cost less than a full one, and in which that has to pay.
 *
 * <p>WARMUP, then an {@link Opening}, then FULL steps. Now and then an attempt: PREDICT steps of
 * one {@link Kind}, CORRECT steps (full ones) in which training recovers, and a verdict by the loss
 * there. What went wrong is undone to the bit: weights, optimizer, kind, and what the caller names.
 * Attempts that gain nothing cost no more than a share of the time ({@link
 * HybridConfig#tryingShare}).
 *
 * {@snippet :
 * HybridConfig config = HybridConfig.of(Preset.BALANCED, steps, true);
 * var trainer = new HybridTrainer<>(model, optimizer, 1.0, config);
 * for (long step = 0; step < steps; step++) {
 *   trainer.step(trainer.needsBatch() ? data.next() : null, schedule.learningRate(step));
 * }
 * }
 *
 * <p>Not for use by several threads at once.
 *
 * @param <B> what one step learns from
 */
public final class HybridTrainer<B> {
  /** Of the deviation of the loss: an attempt that ends so much higher than it began goes back. */
  private static final double TOLERANCE = 0.5;

  /** A forecast is trusted while its heads are less far apart than the noise. */
  private static final double TRUSTED = 0.5;

  private static final String WEIGHTS = "weights";

  private final Trainable<B> model;
  private final Optimizer optimizer;
  private final double clipNorm;
  private final HybridConfig config;
  private final @Nullable B probe;
  private final Restorable surroundings;
  private final List<Tensor> weights;
  private final Map<Kind, PredictKind> kinds = new EnumMap<>(Kind.class);
  private final TrainerClock clock;
  private final HybridPhases phases;
  private final DivergenceMonitor monitor;

  /** Of PREDICT steps in a row. */
  private final DivergenceMonitor cheapMonitor;

  private final RecentLosses recent = new RecentLosses();
  private final Corrector corrector;
  private final RateRaise raise;
  private final @Nullable Forecaster forecaster;

  /** Mean loss of WARMUP. */
  private double firstLoss;

  /** A trainer that judges attempts by the losses of its steps, and has nothing else to restore. */
  public HybridTrainer(
      Trainable<B> model, Optimizer optimizer, double clipNorm, HybridConfig config) {
    this(model, optimizer, clipNorm, config, null, Restorable.NOTHING);
  }

  /**
   * A trainer at its first step.
   *
   * @param optimizer of the model's parameters
   * @param clipNorm gradients of a larger global norm are scaled down to it
   * @param probe a batch, always the same, by whose loss attempts are judged; null for the losses
   *     of the steps, which cost nothing and show less
   * @param surroundings what a rollback restores beside weights and optimizer: generators, the
   *     place in the data
   */
  public HybridTrainer(
      Trainable<B> model,
      Optimizer optimizer,
      double clipNorm,
      HybridConfig config,
      @Nullable B probe,
      Restorable surroundings) {
    this(model, optimizer, clipNorm, config, probe, surroundings, Map.of(), System::nanoTime);
  }

  /** With other kinds than those of {@link Kind}, and a clock. */
  HybridTrainer(
      Trainable<B> model,
      Optimizer optimizer,
      double clipNorm,
      HybridConfig config,
      @Nullable B probe,
      Restorable surroundings,
      Map<Kind, PredictKind> others,
      LongSupplier nanoTime) {
    this.model = model;
    this.optimizer = optimizer;
    if (!(clipNorm > 0)) {
      throw Check.expected("clip_norm", "a positive number", clipNorm);
    }
    this.clipNorm = clipNorm;
    this.config = config;
    this.probe = probe;
    this.surroundings = surroundings;
    weights = Tensors.values(model.parameters());
    for (Kind kind : Kind.values()) {
      if (config.uses(kind)) {
        PredictKind other = others.get(kind);
        kinds.put(kind, other == null ? kind.make(model, config.fullSteps()) : other);
      }
    }
    clock = new TrainerClock(nanoTime, config.clock());
    monitor = new DivergenceMonitor(config.limits());
    cheapMonitor = new DivergenceMonitor(config.limits());
    corrector = new Corrector(config.correction(), model.parameters());
    raise = new RateRaise(config.mostRate(), model.parameters());
    forecaster = config.forecast() ? new Forecaster(Forecaster.Settings.DEFAULT) : null;
    phases = new HybridPhases(config, kinds, clock, new Ground());
  }

  /** The phase of the next step. */
  public Phase phase() {
    return phases.next();
  }

  /** Whether the next step runs a pass; where it does not, no batch should be drawn for it. */
  public boolean needsBatch() {
    return effort() != null;
  }

  /** The pass that the next step runs; null for none. */
  public @Nullable Effort effort() {
    return phases.next() == Phase.PREDICT
        ? phases.part(phases.kind()).effort(phases.strength())
        : Effort.FULL;
  }

  /**
   * Takes a step.
   *
   * @param batch not looked at by a step that needs none
   * @param learningRate of a full step; it is raised or lowered as settings and kind say
   * @throws IllegalArgumentException for no batch where one is needed; and for a loss or gradient
   *     that is not finite outside of attempts: the weights are as they were then
   */
  public HybridStep step(@Nullable B batch, double learningRate) {
    if (batch == null && needsBatch()) {
      throw Check.expected("batch", "a batch in phase " + phases.next(), "none");
    }
    clock.begin();
    Phase phase = phases.next();
    HybridStep step =
        phase == Phase.PREDICT ? predict(batch, learningRate) : full(batch, learningRate);
    clock.end(phase);
    return step;
  }

  private HybridStep full(@Nullable B batch, double scheduled) {
    Phase phase = phases.next();
    raise.observe(scheduled);
    double rate = scheduled * raise.factor();
    double loss = pass(batch, Effort.FULL);
    double norm = Double.NaN;
    if (Double.isFinite(loss)) {
      Kind watcher = phases.watcher();
      if (watcher != Kind.OFF) {
        phases.part(watcher).observe(clock.steps(), phase == Phase.CORRECT);
      }
      List<Tensor> before =
          corrector.active() ? weights.stream().map(Tensor::copy).toList() : List.of();
      norm = clock.others(() -> update(() -> optimizer.step(rate, clipNorm)));
      corrector.correct(before, config.recoverySteps());
      weightsChanged();
      recent.add((float) loss);
    }
    clock.full();
    return end(Kind.OFF, 1, loss, norm, rate, monitor.judge(loss, norm));
  }

  private HybridStep predict(@Nullable B batch, double scheduled) {
    Kind kind = phases.kind();
    PredictKind part = phases.part(kind);
    double strength = phases.strength();
    double rate = scheduled * raise.factor() * part.rateFactor(strength);
    Effort effort = part.effort(strength);
    DoubleSupplier work = () -> part.update(clock.steps(), strength, optimizer, rate, clipNorm);
    if (effort == null) {
      update(work);
      weightsChanged();
      double cost = PredictKind.JUMP_COST;
      return end(kind, cost, Double.NaN, Double.NaN, rate, Divergence.NORMAL);
    }
    double loss = pass(batch, effort);
    double norm = Double.isFinite(loss) ? clock.others(() -> update(work)) : Double.NaN;
    weightsChanged();
    return end(kind, model.cost(effort), loss, norm, rate, cheapMonitor.judge(loss, norm));
  }

  /** A pass; a loss that is not finite is refused where there is no way back. */
  private double pass(@Nullable B batch, Effort effort) {
    if (batch == null) {
      throw new IllegalStateException("step has looked at the batch");
    }
    double loss = clock.others(() -> model.forwardBackward(batch, effort));
    if (!Double.isFinite(loss) && phases.attempt() == null) {
      throw new IllegalArgumentException(
          "step %d: expected a finite loss, got %s; a lower learning_rate or clip_norm may help"
              .formatted(clock.steps(), loss));
    }
    return loss;
  }

  /** An update; NaN if its gradients are not finite and there is a way back. */
  private double update(DoubleSupplier update) {
    try {
      return update.getAsDouble();
    } catch (IllegalArgumentException e) {
      if (phases.attempt() == null) {
        throw e;
      }
      return Double.NaN;
    }
  }

  private HybridStep end(
      Kind kind, double cost, double loss, double norm, double rate, Divergence level) {
    Phase phase = phases.next();
    if (forecaster != null && kind.jumps()) {
      forecaster.jump(kind);
    } else if (forecaster != null && Float.isFinite((float) loss) && Double.isFinite(norm)) {
      forecaster.observe(loss, norm, rate, phase, kind);
    }
    double strength = phase == Phase.PREDICT ? phases.strength() : 0;
    boolean stacks = config.opening().stack() && phases.attempt() == null;
    Verdict verdict = phases.end(cost, level);
    Phase now = phases.next();
    if (stacks && phase == Phase.PREDICT) {
      stack(strength, now == phase ? phases.strength() : 1);
    } else if (stacks && phase == Phase.WARMUP && now == Phase.PREDICT) {
      Stacking.silence(model.outputsAbove(phases.strength()), model.parameters(), optimizer);
      weightsChanged();
    }
    if (phase == Phase.WARMUP && now != phase) {
      firstLoss = monitor.mean();
    }
    if (now == Phase.PREDICT && phases.strength() != strength) {
      cheapMonitor.forget();
    }
    if (phase == Phase.PREDICT && now != phase) {
      raise.restart();
      startCorrection(kind);
    }
    if (verdict != Verdict.NONE) {
      raise.restart();
      corrector.end();
    }
    if (verdict == Verdict.ROLLED_BACK) {
      weightsChanged();
    }
    return new HybridStep(clock.steps(), phase, kind, cost, loss, norm, rate, level, verdict);
  }

  private void stack(double from, double to) {
    Map<String, String> sources = from < to ? model.stacked(from, to) : Map.of();
    if (!sources.isEmpty()) {
      Stacking.copy(sources, model.parameters(), optimizer);
      weightsChanged();
    }
  }

  private void weightsChanged() {
    clock.others(
        () -> {
          model.weightsChanged();
          return 0;
        });
  }

  private void startCorrection(Kind kind) {
    Attempt attempt = phases.attempt();
    if (attempt != null && kind.jumps()) {
      State before = attempt.snapshot().part(WEIGHTS);
      corrector.begin(optimizer.shapes().from(before, ""), attempt.steps);
    }
  }

  /** What the steps so far have been. */
  public HybridStats stats() {
    return new HybridStats(
        clock.totals(),
        phases.arms(),
        clock.seconds() > 0 ? (firstLoss - monitor.mean()) / clock.seconds() : 0,
        clock.overhead(),
        raise.factor(),
        forecaster == null ? List.of() : forecaster.errors());
  }

  /**
   * All that decides how training goes on but weights, optimizer and surroundings, which their
   * owners save; a trainer that loads it goes on with the same bits if its clock is the declared
   * one. Tensors may be live.
   */
  public State state() {
    State state = new State(Map.of(), Map.of("first_loss", firstLoss)).plus(recent.state());
    for (Map.Entry<String, Restorable> part : parts().entrySet()) {
      state = state.plus(part.getValue().state().within(part.getKey()));
    }
    return state;
  }

  /**
   * Goes on from a saved state, with the model, the optimizer and the settings of then.
   *
   * @throws IllegalArgumentException for a state that does not fit; the trainer is of no use then
   */
  public void load(State state) {
    parts().forEach((name, part) -> part.load(state.part(name)));
    firstLoss = state.number("first_loss");
    recent.load(state);
  }

  private Map<String, Restorable> parts() {
    Map<String, Restorable> parts = new LinkedHashMap<>();
    parts.put("clock.", clock);
    parts.put("phases.", phases);
    parts.put("monitor.", monitor);
    parts.put("cheap_monitor.", cheapMonitor);
    parts.put("corrector.", corrector);
    parts.put("rate.", raise);
    if (forecaster != null) {
      parts.put("forecaster.", forecaster);
    }
    kinds.forEach((kind, part) -> parts.put("kind." + kind + ".", part));
    return parts;
  }

  /** What the phases ask of this trainer. */
  private final class Ground implements HybridPhases.Ground {
    @Override
    public double loss() {
      B batch = probe;
      return batch == null
          ? recent.last(config.recoverySteps())
          : clock.others(() -> model.loss(batch));
    }

    @Override
    public double lossCost() {
      return probe == null ? 0 : Trainable.FORWARD_COST;
    }

    @Override
    public double tolerance() {
      return TOLERANCE * monitor.deviation();
    }

    @Override
    public double cost(Arm arm) {
      Effort effort = phases.part(arm.kind()).effort(arm.strength());
      return effort == null ? PredictKind.JUMP_COST : model.cost(effort);
    }

    /** About its kind as far ahead as that is known: a new one would never be tried otherwise. */
    @Override
    public boolean foretells(Arm arm) {
      if (forecaster == null) {
        return true;
      }
      int cheap = Math.min(arm.length(), forecaster.reach(arm.kind()));
      return forecaster.at(arm.kind(), cheap).confidence() >= TRUSTED
          && forecaster.at(Kind.OFF, config.recoverySteps()).confidence() >= TRUSTED;
    }

    @Override
    public Map<String, Restorable> parts(Kind kind) {
      Map<String, Restorable> parts = new LinkedHashMap<>();
      parts.put(WEIGHTS, new Weights());
      parts.put("optimizer", Restorable.of(optimizer::state, optimizer::load));
      parts.put("kind", phases.part(kind));
      parts.put("monitor", monitor);
      parts.put("surroundings", surroundings);
      if (forecaster != null) {
        parts.put("forecaster", forecaster.curve());
      }
      return parts;
    }
  }

  private final class Weights implements Restorable {
    @Override
    public State state() {
      return new State(optimizer.shapes().named(weights), Map.of());
    }

    @Override
    public void load(State state) {
      Tensors.copy(weights, optimizer.shapes().from(state, ""));
    }
  }
}
