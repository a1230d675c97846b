package io.tritter.optim;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SparseProjectionTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void withARatioOfOneNothingIsLost(int size) {
    Tensor x = random(size, 5);
    SparseProjection projection = SparseProjection.ofRatio(size, 1, 42, "w");
    Tensor back = projection.decompress(projection.compress(x), size);
    assertArrayEquals(x.toArray(), back.toArray());
  }

  /** Over seeds, the mean of an estimate is the number; 6 standard errors, fixed seeds. */
  @ParameterizedTest
  @CsvSource({"1, 1", "5, 1", "64, 6", "65, 7", "207, 21", "207, 150", "207, 2"})
  void estimatesAreUnbiasedAndAsFarOffAsPromised(int size, int buckets) {
    Tensor x = random(size, 1);
    int seeds = 4000;
    double[] sums = new double[size];
    double squaredError = 0;
    for (int seed = 0; seed < seeds; seed++) {
      SparseProjection projection = new SparseProjection(size, buckets, seed, "w");
      Tensor estimate = projection.decompress(projection.compress(x), size);
      for (int i = 0; i < size; i++) {
        sums[i] += estimate.get(i);
        squaredError += Math.pow(estimate.get(i) - x.get(i), 2);
      }
    }
    double squares = squares(x);
    double standardError = Math.sqrt(squares / buckets / seeds);
    for (int i = 0; i < size; i++) {
      assertEquals(x.get(i), sums[i] / seeds, 6 * standardError, "element " + i);
    }
    double bound = squares * size / buckets;
    assertTrue(squaredError / seeds < 1.05 * bound, squaredError / seeds + " of " + bound);
    if (buckets * 20 < size) {
      assertTrue(squaredError / seeds > 0.9 * bound, squaredError / seeds + " of " + bound);
    }
  }

  @Test
  void theSketchOfASumIsTheSumOfTheSketches() {
    SparseProjection projection = new SparseProjection(1021, 100, 3, "w");
    Tensor x = random(1021, 1);
    Tensor y = random(1021, 2);
    Tensor sum = projection.compress(x);
    sum.axpby(1, projection.compress(y), 1);
    x.axpby(1, y, 1);
    assertArrayEquals(projection.compress(x).toArray(), sum.toArray(), 1e-5f);
  }

  @Test
  void seedNameAndSizeChooseTheProjectionAndNothingElse() {
    Tensor x = random(1021, 1);
    float[] sketch = new SparseProjection(1021, 100, 3, "w").compress(x).toArray();
    assertArrayEquals(sketch, new SparseProjection(1021, 100, 3, "w").compress(x).toArray());
    assertFalse(
        Arrays.equals(sketch, new SparseProjection(1021, 100, 4, "w").compress(x).toArray()));
    assertFalse(
        Arrays.equals(sketch, new SparseProjection(1021, 100, 3, "v").compress(x).toArray()));
  }

  /** The numbers are from a short program in Python: sketches go between machines and versions. */
  @Test
  void theProjectionIsTheSameForEver() {
    Tensor x = Tensor.of(new float[] {1, 2, 4, 8, 16, 32, 64}, 7);
    assertArrayEquals(
        new float[] {4, -17, -34}, new SparseProjection(7, 3, 42, "").compress(x).toArray());
    assertArrayEquals(
        new float[] {-54, 39},
        new SparseProjection(7, 2, -1, "layer.weight").compress(x).toArray());
  }

  @Test
  void signsAndBucketsAreEvenlySpread() {
    int size = 1 << 16;
    SparseProjection projection = new SparseProjection(size, size, 7, "w");
    Tensor ones = Tensor.zeros(size);
    for (int i = 0; i < size; i++) {
      ones.set(i, 1);
    }
    double sum = 0;
    double neighbours = 0;
    float[] signs = projection.compress(ones).toArray();
    for (int i = 0; i < size; i++) {
      assertEquals(1, Math.abs(signs[i]));
      sum += signs[i];
      neighbours += signs[i] * signs[(i + 1) % size];
    }
    double sixSigma = 6 * Math.sqrt(size);
    assertEquals(0, sum, sixSigma);
    assertEquals(0, neighbours, sixSigma);
  }

  @Test
  void tenMillionNumbersTakeWellUnderASecond() {
    Tensor x = random(10_000_000, 1);
    SparseProjection projection = SparseProjection.ofRatio(10_000_000, 0.1, 42, "");
    projection.compress(x); // compiles the loops
    assertTimeout(
        Duration.ofSeconds(1), () -> projection.decompress(projection.compress(x), 10_000_000));
  }

  @Test
  void badArgumentsAreRefused() {
    for (double ratio : new double[] {0, -0.1, 1.1, Double.NaN}) {
      assertMessage(
          "compression_ratio: expected a number above 0 and at most 1, got " + ratio,
          () -> SparseProjection.ofRatio(10, ratio, 1, ""));
    }
    assertMessage(
        "original_dim: expected at least 1, got 0", () -> new SparseProjection(0, 1, 1, ""));
    assertMessage(
        "compressed: expected 1 to 4 numbers, got 5", () -> new SparseProjection(4, 5, 1, ""));
    SparseProjection projection = new SparseProjection(4, 2, 1, "");
    assertMessage(
        "gradients: expected 4 numbers, got 5", () -> projection.compress(Tensor.zeros(5)));
    assertMessage(
        "gradients[1]: expected a finite number, got NaN",
        () -> projection.compress(Tensor.of(new float[] {0, Float.NaN, 0, 0}, 4)));
    assertMessage(
        "compressed: expected 2 numbers, got 3", () -> projection.decompress(Tensor.zeros(3), 4));
    assertMessage(
        "shape: expected 4 numbers, got 6", () -> projection.decompress(Tensor.zeros(2), 2, 3));
  }

  @Test
  void theRatioRoundsToTheNearestCountOfAtLeastOne() {
    assertEquals(7, SparseProjection.ofRatio(100, 0.07, 1, "").buckets());
    assertEquals(1, SparseProjection.ofRatio(3, 0.01, 1, "").buckets());
    assertEquals(1, SparseProjection.ofRatio(1, 1, 1, "").buckets());
  }

  @Test
  void aModelsSketchDoesNotDependOnTheOrderOfItsParameters() {
    Map<String, Tensor> gradients = gradients(1);
    Map<String, Tensor> reversed = new LinkedHashMap<>();
    reversed.put("norm", requireNonNull(gradients.get("norm")));
    reversed.put("weight", requireNonNull(gradients.get("weight")));
    GradientSketch sketch = GradientSketch.of(gradients, 0.25, 9);
    GradientSketch other = GradientSketch.of(reversed, 0.25, 9);
    for (String name : gradients.keySet()) {
      assertArrayEquals(
          get(sketch.compressed(), name).toArray(), get(other.compressed(), name).toArray());
      assertArrayEquals(get(gradients, name).shape(), get(sketch.decompress(), name).shape());
    }
    sketch.add(other);
    assertEquals(
        2 * get(other.compressed(), "norm").get(0), get(sketch.compressed(), "norm").get(0));
  }

  @Test
  void theReportSaysWhatIsSavedAndWhatIsLost() {
    Map<String, Tensor> gradients = gradients(1);
    CompressionReport all = GradientSketch.of(gradients, 1, 9).report(gradients);
    assertEquals(1, all.cosine(), 1e-12);
    assertEquals(1, all.ratio());
    CompressionReport tenth = GradientSketch.of(gradients, 0.1, 9).report(gradients);
    assertEquals((40 * 50 + 300) * 4, tenth.originalBytes());
    assertEquals((200 + 30) * 4, tenth.compressedBytes());
    assertEquals(Math.sqrt(0.1), tenth.cosine(), 0.06); // 3 / sqrt(2300)
  }

  @Test
  void sketchesWithOtherProjectionsDoNotMerge() {
    GradientSketch sketch = GradientSketch.of(gradients(1), 0.25, 9);
    assertThrows(
        IllegalArgumentException.class, () -> sketch.add(GradientSketch.of(gradients(1), 0.25, 8)));
    assertThrows(
        IllegalArgumentException.class, () -> sketch.add(GradientSketch.of(gradients(1), 0.5, 9)));
    Map<String, Tensor> fewer = gradients(1);
    fewer.remove("norm");
    assertThrows(
        IllegalArgumentException.class, () -> sketch.add(GradientSketch.of(fewer, 0.25, 9)));
  }

  private static Map<String, Tensor> gradients(int seed) {
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    gradients.put("weight", random(40 * 50, seed).reshape(40, 50));
    gradients.put("norm", random(300, seed + 1));
    return gradients;
  }

  private static Tensor random(int size, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor x = Tensor.zeros(size);
    for (int i = 0; i < size; i++) {
      x.set(i, (float) random.nextDouble(-1, 1));
    }
    return x;
  }

  private static double squares(Tensor x) {
    double sum = 0;
    for (long i = 0; i < x.size(); i++) {
      sum += (double) x.get(i) * x.get(i);
    }
    return sum;
  }

  private static Tensor get(Map<String, Tensor> tensors, String name) {
    return requireNonNull(tensors.get(name), name);
  }

  private static void assertMessage(String message, Runnable refused) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, refused::run);
    assertEquals(message, e.getMessage());
  }
}
