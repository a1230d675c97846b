package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TritPlanesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021, 100_000})
  void dotIsTheSumOfProducts(int dim) {
    int[] a = trits(dim, 1);
    int[] b = trits(dim, 2);
    long expected = 0;
    for (int i = 0; i < dim; i++) {
      expected += (long) a[i] * b[i];
    }
    for (Kernels kernels : Kernels.available()) {
      assertEquals(
          expected,
          kernels.tritDot(plane(a, 1), plane(a, -1), plane(b, 1), plane(b, -1)),
          kernels.name());
    }
  }

  @Test
  void theDotOfAllPlusAndAllMinusIsMinusTheDimension() {
    long[] ones = new long[37];
    Arrays.fill(ones, -1L);
    long[] none = new long[37];
    for (Kernels kernels : Kernels.available()) {
      assertEquals(-37 * 64, kernels.tritDot(ones, none, none, ones), kernels.name());
      assertEquals(37 * 64, kernels.tritDot(none, ones, none, ones), kernels.name());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021, 100_000})
  void addIsTheSumModuloThree(int dim) {
    int[] a = trits(dim, 3);
    int[] b = trits(dim, 4);
    int[] sum = new int[dim];
    for (int i = 0; i < dim; i++) {
      sum[i] = Math.floorMod(a[i] + b[i] + 1, 3) - 1;
    }
    for (Kernels kernels : Kernels.available()) {
      long[] plus = plane(a, 1);
      long[] minus = plane(a, -1);
      kernels.tritAdd(plus, minus, plane(b, 1), plane(b, -1), plus, minus);
      assertArrayEquals(plane(sum, 1), plus, kernels.name());
      assertArrayEquals(plane(sum, -1), minus, kernels.name());
    }
  }

  @Test
  void planesOfDifferentLengthAreRefused() {
    for (Kernels kernels : Kernels.available()) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> kernels.tritDot(new long[2], new long[2], new long[3], new long[2]));
      assertEquals("planes: expected four of one length, got 2, 2, 3, 2 words", e.getMessage());
    }
  }

  private static int[] trits(int dim, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 1000 + dim);
    return random.ints(dim, -1, 2).toArray();
  }

  private static long[] plane(int[] trits, int value) {
    long[] plane = new long[(trits.length + 63) / 64];
    for (int i = 0; i < trits.length; i++) {
      if (trits[i] == value) {
        plane[i / 64] |= 1L << i;
      }
    }
    return plane;
  }
}
