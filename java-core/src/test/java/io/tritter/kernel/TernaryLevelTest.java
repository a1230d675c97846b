package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every level of every backend against the sums themselves. */
class TernaryLevelTest {
  private static final int[] BATCHES = {1, 2, 9, 33};

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021, 8191, 8193})
  void everyLevelGivesTheIntegersOfTheDefinitionForAnyColumns(int cols) {
    SplittableRandom random = new SplittableRandom(cols);
    for (double zeros : new double[] {0, 0.4, 0.95, 1}) {
      for (int batch : BATCHES) {
        new Case(batch, cols > 1000 ? 5 : 70, cols, random, zeros).compare();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void everyLevelGivesTheIntegersOfTheDefinitionForAnyRows(int rows) {
    SplittableRandom random = new SplittableRandom(-rows);
    for (double zeros : new double[] {0.4, 0.95}) {
      for (int batch : BATCHES) {
        new Case(batch, rows, 45, random, zeros).compare();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"127,1", "127,-1", "-127,1", "-127,-1", "-128,1", "-128,-1"})
  void theLargestSumsDoNotOverflowAtAnyLevel(int activation, int trit) {
    for (int cols : new int[] {4096, 65_536}) {
      for (int batch : new int[] {1, 3, 33}) {
        new Case(batch, 3, cols, () -> activation, () -> trit).compare();
      }
    }
  }

  @Test
  void activationsAndTritsOfAlternatingSignsDoNotOverflow() {
    SplittableRandom random = new SplittableRandom(5);
    IntSupplier activation = () -> random.nextBoolean() ? 127 : -128;
    IntSupplier trit = () -> random.nextBoolean() ? 1 : -1;
    for (int batch : BATCHES) {
      new Case(batch, 37, 65_536 - 3, activation, trit).compare();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 8, 16, 24, 32, 48, 64, 96, 128, 256, 299, 300, 1000})
  void groupSumsAreScaledBeforeTheyAreAdded(int groupSize) {
    SplittableRandom random = new SplittableRandom(groupSize);
    for (int batch : BATCHES) {
      new Case(batch, 37, 299, random, 0.4).compareGrouped(groupSize);
      new Case(batch, 130, 299, random, 0.95).compareGrouped(groupSize);
    }
  }

  @Test
  void aGroupMayReachAcrossThePanelsOfTheLists() {
    SplittableRandom random = new SplittableRandom(6);
    new Case(3, 4, 20_000, random, 0.9).compareGrouped(7000);
  }

  @Test
  void repeatedProductsOfOtherShapesLeaveNothingBehind() {
    SplittableRandom random = new SplittableRandom(7);
    Case large = new Case(40, 200, 700, random, 0.3);
    Case small = new Case(33, 5, 9, random, 0.3);
    large.compare();
    small.compare();
    small.compareGrouped(4);
    large.compareGrouped(64);
    large.compare();
  }

  @Test
  void listsAreChosenFromTheShareOfZerosOfTheBackendOn() {
    for (Kernels kernels : Kernels.available()) {
      TernaryLevel dense =
          kernels.name().equals("scalar") ? TernaryLevel.TILED : TernaryLevel.VECTORIZED;
      assertEquals(dense, TernaryLevel.choose(kernels, 256, 256, 0.4), kernels.name());
      double from = kernels.sparseFrom();
      assertEquals(dense, TernaryLevel.choose(kernels, 256, 256, from - 0.01), kernels.name());
      assertEquals(dense, TernaryLevel.choose(kernels, 4, 4, 0.99), kernels.name());
      assertEquals(
          TernaryLevel.SPARSE, TernaryLevel.choose(kernels, 256, 256, from), kernels.name());
    }
  }

  @Test
  void aNameSelectsALevelAndAnotherNameIsRefused() {
    assertEquals(TernaryLevel.SPARSE, TernaryLevel.parse("sparse"));
    assertEquals(TernaryLevel.BASIC, TernaryLevel.parse("BASIC"));
    assertNull(TernaryLevel.parse(""));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> TernaryLevel.parse("fast"));
    assertEquals(
        "tritter.ternary: expected one of [basic, tiled, vectorized, sparse], got fast",
        e.getMessage());
  }

  /** A product of given or random matrices, and what it has to be. */
  private static final class Case {
    private final int batch;
    private final int rows;
    private final int cols;
    private final byte[] x;
    private final byte[] trits;

    Case(int batch, int rows, int cols, SplittableRandom random, double zeros) {
      this(
          batch,
          rows,
          cols,
          () -> random.nextInt(-128, 128),
          () -> random.nextDouble() < zeros ? 0 : random.nextBoolean() ? 1 : -1);
    }

    Case(int batch, int rows, int cols, IntSupplier activation, IntSupplier trit) {
      this.batch = batch;
      this.rows = rows;
      this.cols = cols;
      x = new byte[batch * cols];
      trits = new byte[rows * cols];
      for (int i = 0; i < x.length; i++) {
        x[i] = (byte) activation.getAsInt();
      }
      for (int i = 0; i < trits.length; i++) {
        trits[i] = (byte) trit.getAsInt();
      }
    }

    private int dot(int b, int r, int from, int to) {
      int sum = 0;
      for (int c = from; c < to; c++) {
        sum += x[b * cols + c] * trits[r * cols + c];
      }
      return sum;
    }

    void compare() {
      int[] expected = new int[batch * rows];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = dot(i / rows, i % rows, 0, cols);
      }
      forEachLevel(
          (weights, activations, out, what) -> {
            weights.multiply(activations, out, batch);
            assertArrayEquals(expected, out.toArray(Native.INT), what);
          });
    }

    void compareGrouped(int groupSize) {
      int groups = Math.ceilDiv(cols, groupSize);
      float[] scales = AbsmaxTest.random(rows * groups, groupSize);
      float[] expected = new float[batch * rows];
      for (int i = 0; i < expected.length; i++) {
        for (int g = 0; g < groups; g++) {
          int to = Math.min(cols, (g + 1) * groupSize);
          int sum = dot(i / rows, i % rows, g * groupSize, to);
          expected[i] += scales[i % rows * groups + g] * sum;
        }
      }
      forEachLevel(
          (weights, activations, out, what) -> {
            MemorySegment nativeScales = Arena.ofAuto().allocateFrom(Native.FLOAT, scales);
            weights.multiplyGrouped(activations, nativeScales, out, batch, groupSize);
            assertArrayEquals(expected, out.toArray(Native.FLOAT), 0f, what);
          });
    }

    private interface Product {
      void check(TernaryWeights weights, MemorySegment x, MemorySegment out, String what);
    }

    private void forEachLevel(Product product) {
      for (Kernels kernels : Kernels.available()) {
        for (TernaryLevel level : TernaryLevel.values()) {
          try (Arena arena = Arena.ofShared()) {
            String what =
                "%s, %s, batch %d, rows %d, cols %d"
                    .formatted(kernels.name(), level, batch, rows, cols);
            MemorySegment packed = arena.allocateFrom(Native.BYTE, packed());
            TernaryWeights weights = kernels.ternaryWeights(packed, rows, cols, level, arena);
            assertEquals(level, weights.level());
            MemorySegment out = arena.allocate(4L * batch * rows, 4);
            product.check(weights, arena.allocateFrom(Native.BYTE, x), out, what);
          }
        }
      }
    }

    private byte[] packed() {
      int rowBytes = (cols + 3) / 4;
      byte[] packed = new byte[rows * rowBytes];
      for (int i = 0; i < trits.length; i++) {
        int c = i % cols;
        int code = trits[i] == 1 ? 1 : trits[i] == -1 ? 2 : 0;
        packed[i / cols * rowBytes + c / 4] |= (byte) (code << (c % 4 * 2));
      }
      return packed;
    }
  }
}
