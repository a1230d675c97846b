package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A trainer, its model, its optimizer and its data, from the first step or from a state. */
final class HybridRun {
  static final double RATE = 0.02;
  static final Long PROBE = -1L;

  final Regression model;
  final AdamW optimizer;
  final Regression.Batches batches = new Regression.Batches();
  final HybridTrainer<Long> trainer;

  private double rate = RATE;

  /** Nanoseconds of a clock that each look moves on by one. */
  private long now;

  HybridRun(HybridConfig config) {
    this(config, 0.1, Map.of());
  }

  HybridRun(HybridConfig config, double noise, Map<Kind, PredictKind> kinds) {
    this(new Regression(noise), config, kinds, PROBE);
  }

  HybridRun(HybridConfig config, double noise, Map<Kind, PredictKind> kinds, double rate) {
    this(config, noise, kinds);
    this.rate = rate;
  }

  HybridRun(
      Regression model, HybridConfig config, Map<Kind, PredictKind> kinds, @Nullable Long probe) {
    this.model = model;
    optimizer = model.optimizer();
    trainer = new HybridTrainer<>(model, optimizer, 1, config, probe, batches, kinds, () -> now++);
  }

  HybridStep step() {
    return trainer.step(trainer.needsBatch() ? batches.next() : null, rate);
  }

  /** Everything: the bytes of a checkpoint. */
  State state() {
    State weights = new State(optimizer.shapes().named(values()), Map.of());
    return weights
        .within("weights.")
        .plus(optimizer.state().within("optimizer."))
        .plus(batches.state().within("batches."))
        .plus(trainer.state().within("trainer."))
        .copy();
  }

  void load(State state) {
    Tensors.copy(values(), optimizer.shapes().from(state.part("weights."), ""));
    optimizer.load(state.part("optimizer."));
    batches.load(state.part("batches."));
    trainer.load(state.part("trainer."));
  }

  private List<Tensor> values() {
    return model.parameters().stream().map(Parameter::value).toList();
  }

  static void assertSameBits(State expected, State got, String message) {
    assertEquals(expected.tensors().keySet(), got.tensors().keySet(), message);
    expected
        .tensors()
        .forEach(
            (name, tensor) ->
                assertArrayEquals(
                    tensor.toArray(),
                    Objects.requireNonNull(got.tensors().get(name)).toArray(),
                    0,
                    message + ": " + name));
    assertEquals(expected.numbers(), got.numbers(), message);
  }
}
