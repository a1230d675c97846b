package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThresholdTritsTest {
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void whatReachesTheThresholdHasABit(Kernels kernels, int n) {
    Tensor x = Samples.normal(n, n);
    float threshold = Math.abs(x.get(n / 2)); // which this element reaches, on the one side
    int words = (n + 63) / 64;
    long[] plus = new long[words];
    long[] minus = new long[words];
    for (int i = 0; i < n; i++) {
      plus[i / 64] |= (x.get(i) >= threshold ? 1L : 0) << (i % 64);
      minus[i / 64] |= (x.get(i) <= -threshold ? 1L : 0) << (i % 64);
    }
    long[] gotPlus = new long[words];
    long[] gotMinus = new long[words];
    Arrays.fill(gotPlus, -1);
    Arrays.fill(gotMinus, -1);
    kernels.thresholdTrits(x.data(), n, threshold, gotPlus, gotMinus);
    assertArrayEquals(plus, gotPlus);
    assertArrayEquals(minus, gotMinus);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void aThresholdThatIsNotPositiveAndShortPlanesAreRefused(Kernels kernels) {
    Tensor x = Samples.normal(1, 65);
    long[] two = new long[2];
    assertRefused(
        "threshold: expected a positive number, got 0.0",
        () -> kernels.thresholdTrits(x.data(), 65, 0, two, two));
    assertRefused(
        "threshold: expected a positive number, got NaN",
        () -> kernels.thresholdTrits(x.data(), 65, Float.NaN, two, two));
    assertRefused(
        "planes: expected at least 2 words, got 2 and 1",
        () -> kernels.thresholdTrits(x.data(), 65, 1, two, new long[1]));
  }

  private static void assertRefused(String message, Runnable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    assertEquals(message, e.getMessage());
  }
}
