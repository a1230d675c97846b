package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TritMatmulTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void productsAreTheSumsOfTheDefinitionForAnyNumberOfTrits(int trits) {
    compare(5, 3, trits);
    compare(1, 1, trits);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127})
  void productsAreTheSumsOfTheDefinitionForAnyRowsAndColumns(int size) {
    compare(size, 33, 70);
    compare(2, size, 700);
  }

  @Test
  void longRowsAreAddedPanelByPanel() {
    compare(3, 5, 70_000);
  }

  @Test
  void allPlusTimesAllMinusIsMinusTheNumberOfTrits() {
    long[] ones = new long[1030];
    Arrays.fill(ones, -1L);
    long[] none = new long[1030];
    for (Kernels kernels : Kernels.available()) {
      int[] out = new int[1];
      kernels.tritMatmul(ones, none, none, ones, out, 1, 1, 1030);
      assertEquals(-1030 * 64, out[0], kernels.name());
    }
  }

  @Test
  void shortPlanesAreRefused() {
    for (Kernels kernels : Kernels.available()) {
      long[] two = new long[2];
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> kernels.tritMatmul(two, two, two, two, new int[3], 1, 3, 1));
      assertEquals("b planes: expected at least 3 elements, got 2", e.getMessage());
    }
  }

  private static void compare(int rows, int cols, int trits) {
    SplittableRandom random = new SplittableRandom(31L * trits + rows * 7L + cols);
    int[] a = random.ints((long) rows * trits, -1, 2).toArray();
    int[] b = random.ints((long) cols * trits, -1, 2).toArray();
    int[] expected = new int[rows * cols];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        for (int c = 0; c < trits; c++) {
          expected[i * cols + j] += a[i * trits + c] * b[j * trits + c];
        }
      }
    }
    for (Kernels kernels : Kernels.available()) {
      int[] out = new int[rows * cols];
      kernels.tritMatmul(
          plane(a, rows, 1),
          plane(a, rows, -1),
          plane(b, cols, 1),
          plane(b, cols, -1),
          out,
          rows,
          cols,
          (trits + 63) / 64);
      assertArrayEquals(expected, out, kernels.name());
    }
  }

  private static long[] plane(int[] trits, int rows, int value) {
    int size = trits.length / rows;
    int words = (size + 63) / 64;
    long[] plane = new long[rows * words];
    for (int i = 0; i < trits.length; i++) {
      if (trits[i] == value) {
        plane[i / size * words + i % size / 64] |= 1L << (i % size);
      }
    }
    return plane;
  }
}
