package io.tritter.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.data.Batch;
import io.tritter.data.BatchSequence;
import io.tritter.kernel.Activation;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import io.tritter.train.StepMetrics;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingStepTest {
  /** Sums of floats in another order. */
  private static final double ROUNDING = 2e-6;

  /** Windows of 16, 16 and 7 targets. */
  private static final byte[] TEXT = new byte[40];

  static {
    for (int i = 0; i < TEXT.length; i++) {
      TEXT[i] = (byte) (i * i % 61);
    }
  }

  private static Transformer model() {
    return Transformer.random(
        new TransformerConfig(
            61, 16, 24, 1, 2, 2, 16, 1e4f, 1e-5f, Weights.DENSE, Activation.SILU, false, true),
        3);
  }

  private static TrainingSettings settings() throws IOException {
    return TrainingSettings.read(
        Yaml.parse("run.yaml", "training: {steps: 10, schedule: {kind: constant}}", List.of())
            .mapping("training"),
        false);
  }

  @Test
  void theGradientOfSeveralBatchesIsThatOfTheirTokensTogether() throws IOException {
    Transformer one = model();
    List<Batch> whole = List.of(new BatchSequence(TEXT, 3, 16).get(0));
    StepMetrics together = new TrainingStep(new WholeModel(one), settings()).step(0, whole);
    BatchSequence parts = new BatchSequence(TEXT, 1, 16);
    List<Batch> three = List.of(parts.get(0), parts.get(1), parts.get(2));
    assertEquals(7, three.get(2).predictions());
    Transformer other = model();
    StepMetrics apart = new TrainingStep(new WholeModel(other), settings()).step(0, three);
    assertEquals(together.loss(), apart.loss(), ROUNDING);
    assertEquals(39, apart.tokens());
    for (int i = 0; i < one.parameters().size(); i++) {
      Parameter expected = one.parameters().get(i);
      Tensor got = other.parameters().get(i).gradient();
      for (int j = 0; j < got.size(); j++) {
        assertEquals(expected.gradient().get(j), got.get(j), ROUNDING, expected.name());
      }
    }
  }

  @Test
  void aLossThatIsNotFiniteChangesNoWeight() throws IOException {
    Transformer model = model();
    Parameter first = model.parameters().get(0);
    first.value().set(0, Float.NaN);
    Tensor before = model.parameters().get(1).value().copy();
    TrainingStep step = new TrainingStep(new WholeModel(model), settings());
    List<Batch> batches = List.of(new BatchSequence(TEXT, 3, 16).get(0));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> step.step(7, batches));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("step 7: expected a finite loss"),
        e.getMessage());
    Tensor after = model.parameters().get(1).value();
    for (int j = 0; j < before.size(); j++) {
      assertEquals(before.get(j), after.get(j));
    }
  }
}
