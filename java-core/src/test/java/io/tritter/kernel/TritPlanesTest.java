package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
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

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021, 1_000_003})
  void multiplyAndDifferencesAreThoseOfTheNumbers(int dim) {
    int[] a = trits(dim, 5);
    int[] b = trits(dim, 6);
    int[] product = new int[dim];
    int differences = 0;
    for (int i = 0; i < dim; i++) {
      product[i] = a[i] * b[i];
      differences += a[i] == b[i] ? 0 : 1;
    }
    for (Kernels kernels : Kernels.available()) {
      long[] plus = plane(a, 1);
      long[] minus = plane(a, -1);
      assertEquals(
          differences,
          kernels.tritDifferences(plus, minus, plane(b, 1), plane(b, -1)),
          kernels.name());
      kernels.tritMultiply(plus, minus, plane(b, 1), plane(b, -1), plus, minus);
      assertArrayEquals(plane(product, 1), plus, kernels.name());
      assertArrayEquals(plane(product, -1), minus, kernels.name());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 63, 64, 65, 127, 128, 207, 1021, 1 << 20, 1_000_003})
  void rotateMovesEachBitCyclically(int dim) {
    long[] plane = plane(trits(dim, 7), 1);
    for (int by : new int[] {0, 1, 63, 64, 65, 500, dim / 2, dim - 64, dim - 1}) {
      if (by < 0 || by >= dim) {
        continue;
      }
      long[] moved = new long[plane.length];
      for (int i = 0; i < dim; i++) {
        int to = (i + by) % dim;
        moved[to / 64] |= (plane[i / 64] >>> i & 1) << to;
      }
      for (Kernels kernels : Kernels.available()) {
        long[] out = new long[plane.length];
        Arrays.fill(out, -1L);
        kernels.tritRotate(plane, by, dim, out);
        assertArrayEquals(moved, out, kernels.name() + ", by " + by);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 100, 10_000})
  void randomIsTheSameOnEveryBackend(int words) {
    for (long seed : new long[] {0, 42, -1, Long.MIN_VALUE}) {
      long[] plus = new long[words];
      long[] minus = new long[words];
      Samples.SCALAR.tritRandom(seed, plus, minus);
      for (Kernels kernels : Kernels.available()) {
        long[] otherPlus = new long[words];
        long[] otherMinus = new long[words];
        kernels.tritRandom(seed, otherPlus, otherMinus);
        assertArrayEquals(plus, otherPlus, kernels.name() + ", seed " + seed);
        assertArrayEquals(minus, otherMinus, kernels.name() + ", seed " + seed);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 207, 1021, 20_011})
  void voteIsTheSignOfTheExactSum(int dim) {
    long[][] weightings = {
      {1},
      {-3},
      {0, 0},
      {1, 1, 1},
      {1, -1, 2, 0, 5, -7, 3},
      {Long.MAX_VALUE, -Long.MAX_VALUE, 1},
      new long[100],
    };
    Arrays.fill(weightings[6], 1);
    for (long[] weights : weightings) {
      int count = weights.length;
      int[] shifts = new int[count];
      int[][] trits = new int[count][];
      for (int v = 0; v < count; v++) {
        shifts[v] = count == 7 ? 40 * v : 0;
        trits[v] = trits(dim, 10 + v);
      }
      int[] signs = new int[dim];
      for (int i = 0; i < dim; i++) {
        BigInteger sum = BigInteger.ZERO;
        for (int v = 0; v < count; v++) {
          sum = sum.add(BigInteger.valueOf(weights[v] * trits[v][i]).shiftLeft(shifts[v]));
        }
        signs[i] = sum.signum();
      }
      long[][] plus = Arrays.stream(trits).map(t -> plane(t, 1)).toArray(long[][]::new);
      long[][] minus = Arrays.stream(trits).map(t -> plane(t, -1)).toArray(long[][]::new);
      for (Kernels kernels : Kernels.available()) {
        long[] outPlus = new long[plus[0].length];
        long[] outMinus = new long[plus[0].length];
        Arrays.fill(outPlus, -1L);
        Arrays.fill(outMinus, -1L);
        kernels.tritVote(plus, minus, weights, shifts, outPlus, outMinus);
        String what = kernels.name() + ", weights " + Arrays.toString(weights);
        assertArrayEquals(plane(signs, 1), outPlus, what);
        assertArrayEquals(plane(signs, -1), outMinus, what);
      }
    }
  }

  @Test
  void votesOfAnotherNumberAndRotationsTooFarAreRefused() {
    for (Kernels kernels : Kernels.available()) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  kernels.tritVote(
                      new long[2][3],
                      new long[2][3],
                      new long[1],
                      new int[2],
                      new long[3],
                      new long[3]));
      assertEquals(
          "votes: expected planes, weights and shifts of one number, got 2, 2, 1, 2",
          e.getMessage());
      e =
          assertThrows(
              IllegalArgumentException.class,
              () -> kernels.tritRotate(new long[2], 70, 70, new long[2]));
      assertEquals("by: expected 0 to 69, got 70", e.getMessage());
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
