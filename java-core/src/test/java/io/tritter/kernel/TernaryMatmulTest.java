package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TernaryMatmulTest {
  private static final int[] CODE = {2, 0, 1};

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void productsAreTheIntegersOfTheDefinitionForAnyColumns(int cols) {
    for (int rows : new int[] {1, 5, 33}) {
      for (int batch : new int[] {1, 3, 12, 33}) {
        compare(batch, rows, cols, random(cols, -128, 127), random(rows, -1, 1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void productsAreTheIntegersOfTheDefinitionForAnyRows(int rows) {
    for (int batch : new int[] {1, 2, 40}) {
      compare(batch, rows, 40, random(rows, -128, 127), random(batch, -1, 1));
    }
  }

  @ParameterizedTest
  @CsvSource({"127,1", "127,-1", "-128,1", "-128,-1"})
  void theLargestSumsDoNotOverflow(int activation, int trit) {
    for (int batch : new int[] {1, 32}) {
      compare(batch, 3, 65_536, i -> activation, i -> trit);
    }
  }

  @Test
  void manyRowsAndTilesAreSplitAmongThreads() {
    compare(70, 1100, 70, random(1, -128, 127), random(2, -1, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 8, 24, 32, 64, 96, 256, 300, 1000})
  void groupSumsAreScaledBeforeTheyAreAdded(int groupSize) {
    int rows = 37;
    int cols = 299;
    int groups = (cols + groupSize - 1) / groupSize;
    float[] scales = AbsmaxTest.random(rows * groups, groupSize);
    for (int batch : new int[] {1, 3, 45}) {
      byte[] x = activations(batch * cols, random(batch, -128, 127));
      int[] trits = trits(rows * cols, random(groupSize, -1, 1));
      float[] expected = new float[batch * rows];
      for (int b = 0; b < batch; b++) {
        for (int r = 0; r < rows; r++) {
          for (int g = 0; g < groups; g++) {
            int to = Math.min(cols, (g + 1) * groupSize);
            int sum = dot(x, b * cols, trits, r * cols, g * groupSize, to);
            expected[b * rows + r] += scales[r * groups + g] * sum;
          }
        }
      }
      for (Kernels kernels : Kernels.available()) {
        try (Arena arena = Arena.ofShared()) {
          MemorySegment out = arena.allocate(4L * batch * rows, 4);
          kernels.ternaryMatmulGrouped(
              arena.allocateFrom(Native.BYTE, x),
              layout(kernels, arena, trits, rows, cols),
              arena.allocateFrom(Native.FLOAT, scales),
              out,
              batch,
              rows,
              cols,
              groupSize);
          assertArrayEquals(expected, out.toArray(Native.FLOAT), 0f, kernels.name());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 15, 16, 17, 33, 65, 207})
  void sumsAreScaledByTheScaleOfTheirRowOfActivations(int rows) {
    int cols = 85;
    for (int batch : new int[] {1, 5, 12, 40, 101}) {
      byte[] x = activations(batch * cols, random(batch, -128, 127));
      int[] trits = trits(rows * cols, random(rows, -1, 1));
      float[] xScales = AbsmaxTest.random(batch, rows);
      float scale = 0.37f;
      float[] expected = new float[batch * rows];
      for (int i = 0; i < expected.length; i++) {
        int b = i / rows;
        int sum = dot(x, b * cols, trits, i % rows * cols, 0, cols);
        expected[i] = scale * xScales[b] * sum;
      }
      for (Kernels kernels : Kernels.available()) {
        try (Arena arena = Arena.ofShared()) {
          MemorySegment out = arena.allocate(4L * batch * rows, 4);
          kernels.ternaryMatmulScaled(
              arena.allocateFrom(Native.BYTE, x),
              layout(kernels, arena, trits, rows, cols),
              arena.allocateFrom(Native.FLOAT, xScales),
              scale,
              out,
              batch,
              rows,
              cols);
          assertArrayEquals(expected, out.toArray(Native.FLOAT), 0f, kernels.name());
        }
      }
    }
  }

  @Test
  void aLayoutOfAnotherSizeIsRefused() {
    for (Kernels kernels : Kernels.available()) {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment small = arena.allocate(8);
        MemorySegment x = arena.allocate(64);
        MemorySegment out = arena.allocate(64 * 4, 4);
        assertThrows(
            IllegalArgumentException.class,
            () -> kernels.ternaryMatmul(x, small, out, 1, 64, 64),
            kernels.name());
      }
    }
  }

  private static void compare(
      int batch, int rows, int cols, IntUnaryOperator activation, IntUnaryOperator trit) {
    byte[] x = activations(batch * cols, activation);
    int[] trits = trits(rows * cols, trit);
    int[] expected = new int[batch * rows];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = dot(x, i / rows * cols, trits, i % rows * cols, 0, cols);
    }
    for (Kernels kernels : Kernels.available()) {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment out = arena.allocate(4L * batch * rows, 4);
        kernels.ternaryMatmul(
            arena.allocateFrom(Native.BYTE, x),
            layout(kernels, arena, trits, rows, cols),
            out,
            batch,
            rows,
            cols);
        int wrong = Arrays.mismatch(expected, out.toArray(Native.INT));
        assertEquals(
            -1, wrong, () -> "%s, batch %d, rows %d".formatted(kernels.name(), batch, rows));
      }
    }
  }

  private static MemorySegment layout(
      Kernels kernels, Arena arena, int[] trits, int rows, int cols) {
    int rowBytes = (cols + 3) / 4;
    byte[] packed = new byte[rows * rowBytes];
    for (int i = 0; i < trits.length; i++) {
      int c = i % cols;
      packed[i / cols * rowBytes + c / 4] |= (byte) (CODE[trits[i] + 1] << (c % 4 * 2));
    }
    MemorySegment layout = arena.allocate(kernels.ternaryLayoutBytes(rows, cols), 64);
    kernels.ternaryLayout(arena.allocateFrom(Native.BYTE, packed), layout, rows, cols);
    return layout;
  }

  private static int dot(byte[] x, int xRow, int[] trits, int tritRow, int from, int to) {
    int sum = 0;
    for (int c = from; c < to; c++) {
      sum += x[xRow + c] * trits[tritRow + c];
    }
    return sum;
  }

  private static IntUnaryOperator random(long seed, int from, int to) {
    SplittableRandom random = new SplittableRandom(seed);
    return i -> random.nextInt(from, to + 1);
  }

  private static byte[] activations(int n, IntUnaryOperator value) {
    byte[] x = new byte[n];
    for (int i = 0; i < n; i++) {
      x[i] = (byte) value.applyAsInt(i);
    }
    return x;
  }

  private static int[] trits(int n, IntUnaryOperator value) {
    int[] trits = new int[n];
    Arrays.setAll(trits, value);
    return trits;
  }
}
