package io.tritter.optim;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GradientCompressorTest {
  private static Map<String, Tensor> gradients(int seed) {
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    gradients.put("weight", Tensor.zeros(200, 50));
    gradients.put("norm", Tensor.zeros(17));
    SplittableRandom random = new SplittableRandom(seed);
    for (Tensor g : gradients.values()) {
      for (long i = 0; i < g.size(); i++) {
        g.set(i, (float) random.nextGaussian());
      }
    }
    return gradients;
  }

  private static GradientCompressor compressor(double ratio) {
    return new GradientCompressor(ParameterShapes.ofTensors(gradients(0)), ratio, 9);
  }

  private static Tensor get(Map<String, Tensor> tensors, String name) {
    return requireNonNull(tensors.get(name), name);
  }

  @Test
  void whatAStepLeavesOutComesWithLaterOnes() {
    GradientCompressor compressor = compressor(0.1);
    Map<String, Tensor> sent = ParameterShapes.ofTensors(gradients(0)).named(zeros());
    Map<String, Tensor> given = ParameterShapes.ofTensors(gradients(0)).named(zeros());
    for (int step = 0; step < 20; step++) {
      Map<String, Tensor> gradients = gradients(step);
      Map<String, Tensor> kept = compressor.compress(gradients).decompress();
      sent.forEach((name, sum) -> sum.axpby(1, get(kept, name), 1));
      given.forEach((name, sum) -> sum.axpby(1, get(gradients, name), 1));
    }
    for (String name : List.of("weight", "norm")) {
      Tensor error = get(compressor.state().tensors(), "error." + name);
      get(sent, name).axpby(1, error, 1);
      assertArrayEquals(get(given, name).toArray(), get(sent, name).toArray(), 1e-4f);
    }
  }

  private static List<Tensor> zeros() {
    return ParameterShapes.ofTensors(gradients(0)).zeros();
  }

  @Test
  void theOrderOfTheParametersMakesNoDifference() {
    Map<String, Tensor> gradients = gradients(1);
    Map<String, Tensor> turned = new LinkedHashMap<>();
    turned.put("norm", get(gradients, "norm"));
    turned.put("weight", get(gradients, "weight"));
    CompressedGradients one = GradientCompressor.once(gradients, 0.1, 5);
    CompressedGradients other = GradientCompressor.once(turned, 0.1, 5);
    assertArrayEquals(one.blocks().get(0).bytes(), other.blocks().get(1).bytes());
    assertArrayEquals(one.blocks().get(1).bytes(), other.blocks().get(0).bytes());
    assertThrows(
        IllegalArgumentException.class, () -> CompressedGradients.mean(List.of(one, other)));
  }

  @Test
  void theMeanOfWorkersIsTheMeanOfWhatEachSends() {
    CompressedGradients one = GradientCompressor.once(gradients(1), 0.1, 5);
    CompressedGradients two = GradientCompressor.once(gradients(2), 0.3, 6);
    Map<String, Tensor> mean = CompressedGradients.mean(List.of(one, two));
    for (String name : List.of("weight", "norm")) {
      Tensor expected = get(one.decompress(), name);
      expected.axpby(0.5f, get(two.decompress(), name), 0.5f);
      assertArrayEquals(expected.toArray(), get(mean, name).toArray(), 1e-6f);
    }
  }

  @Test
  void theReportSaysWhatIsSavedAndWhatIsLost() {
    Map<String, Tensor> gradients = gradients(1);
    CompressionReport report = GradientCompressor.once(gradients, 0.1, 5).report(gradients);
    assertEquals(10_017 * 4, report.originalBytes());
    assertTrue(1 / report.ratio() > 28 && 1 / report.ratio() < 34, "ratio " + report.ratio());
    // The largest tenth of a Gaussian has 43.8 % of its squares; one magnitude for all keeps 0.65
    // of the norm.
    assertEquals(0.65, report.cosine(), 0.02);
    assertEquals(Math.sqrt(1 - report.cosine() * report.cosine()), report.relativeError(), 0.01);
  }

  @Test
  void aSavedAndResumedCompressorGivesTheSameBytes() {
    GradientCompressor whole = compressor(0.05);
    whole.compress(gradients(1));
    GradientCompressor resumed = compressor(0.05);
    resumed.load(whole.state().copy());
    assertArrayEquals(
        whole.compress(gradients(2)).blocks().get(0).bytes(),
        resumed.compress(gradients(2)).blocks().get(0).bytes());
  }

  @Test
  void refusedGradientsChangeNothing() {
    GradientCompressor compressor = compressor(0.05);
    Map<String, Tensor> nan = gradients(1);
    get(nan, "norm").set(3, Float.NaN);
    assertThrows(IllegalArgumentException.class, () -> compressor.compress(nan));
    assertThrows(IllegalArgumentException.class, () -> GradientCompressor.once(nan, 0.1, 1));
    assertEquals(0, get(compressor.state().tensors(), "error.weight").get(0));
    assertThrows(IllegalArgumentException.class, () -> compressor(0));
    assertThrows(IllegalArgumentException.class, () -> compressor(Double.NaN));
  }
}
