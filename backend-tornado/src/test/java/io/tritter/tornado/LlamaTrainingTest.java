package io.tritter.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.kernel.Activation;
import io.tritter.kernel.Kernels;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LlamaTrainingTest {
  private static final TornadoKernels KERNELS = (TornadoKernels) Kernels.on("gpu");
  private static final int BATCH = 3;
  private static final int CONTEXT = 21;
  private static final int CLASSES = 50;
  private static final double RATE = 1e-3;

  private static TransformerConfig config(boolean tied) {
    return new TransformerConfig(
        CLASSES,
        48,
        100,
        2,
        6,
        2,
        CONTEXT,
        10_000f,
        1e-5f,
        TransformerConfig.Weights.DENSE,
        Activation.SILU,
        /* subNorms= */ false,
        tied);
  }

  private static int[] ids(int seed) {
    return new Random(seed).ints(BATCH * CONTEXT, 0, CLASSES).toArray();
  }

  /** The same steps with the CPU's kernels. */
  private static double step(Transformer model, AdamW optimizer, int[] ids, int[] next) {
    Kernels.use(KERNELS.cpu());
    try {
      model.clearGradients();
      model.forward(ids, BATCH);
      double loss = model.lossAndBackward(next);
      optimizer.step(RATE, Double.POSITIVE_INFINITY);
      model.weightsChanged();
      return loss;
    } finally {
      Kernels.use(null);
    }
  }

  @Test
  void stepsOnTheDeviceAreThoseOfTheCpu() {
    Transformer here = Transformer.random(config(false), 1);
    Transformer there = Transformer.random(config(false), 1);
    AdamW optimizer = new AdamW(here.parameters(), AdamW.Settings.DEFAULT);
    try (LlamaTraining training = new LlamaTraining(KERNELS, there, BATCH, CONTEXT)) {
      for (int k = 0; k < 3; k++) {
        double expected = step(here, optimizer, ids(k), ids(10 + k));
        double actual = training.step(ids(k), ids(10 + k), (float) RATE);
        assertEquals(expected, actual, 1e-5 * expected);
      }
      training.download();
    }
    List<Parameter> expected = here.parameters();
    for (int k = 0; k < expected.size(); k++) {
      assertClose(
          expected.get(k).name(), expected.get(k).value(), there.parameters().get(k).value());
    }
  }

  /**
   * AdamW divides gradients by their size, so that where one is nearly zero its rounding decides:
   * three steps move a weight by up to 3e-3, and nearly all of them agree in four digits of that.
   */
  private static void assertClose(String name, Tensor expected, Tensor actual) {
    int far = 0;
    for (long k = 0; k < expected.size(); k++) {
      float difference = Math.abs(expected.get(k) - actual.get(k));
      assertTrue(difference <= 6.1e-3, name + "[" + k + "] differs by " + difference);
      far += difference > 1e-5 ? 1 : 0;
    }
    assertTrue(far <= 1 + expected.size() / 100, name + ": " + far + " of " + expected.size());
  }

  @Test
  void onlyEmbeddedIdsTargetsAndLossesCrossTheBus() {
    Transformer model = Transformer.random(config(false), 1);
    try (LlamaTraining training = new LlamaTraining(KERNELS, model, BATCH, CONTEXT)) {
      training.step(ids(1), ids(2), 1e-3f);
      Traffic start = KERNELS.hardware().traffic();
      training.step(ids(1), ids(2), 1e-3f);
      int rows = BATCH * CONTEXT;
      assertEquals(4L * rows * (48 + 1), KERNELS.hardware().traffic().since(start).toHost());
    }
  }

  @Test
  void itsMemoryIsFreeAfterwards() {
    long before = KERNELS.hardware().floatRegions().used();
    Transformer model = Transformer.random(config(false), 1);
    new LlamaTraining(KERNELS, model, BATCH, CONTEXT).close();
    assertEquals(before, KERNELS.hardware().floatRegions().used());
  }

  @Test
  void otherModelsAndIdsAreRefused() {
    Transformer tied = Transformer.random(config(true), 1);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new LlamaTraining(KERNELS, tied, BATCH, CONTEXT));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("model: expected a dense Llama"), message);
    Transformer model = Transformer.random(config(false), 1);
    try (LlamaTraining training = new LlamaTraining(KERNELS, model, BATCH, CONTEXT)) {
      int[] wrong = ids(1);
      wrong[5] = CLASSES;
      assertThrows(
          IllegalArgumentException.class, () -> training.step(ids(1), wrong, (float) RATE));
      assertThrows(
          IllegalArgumentException.class, () -> training.step(new int[3], ids(1), (float) RATE));
    }
  }
}
