package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbsmeanTest {
  /**
   * A float32 result of a float64 sum, so half a unit in the last place and the sum's own error.
   */
  private static final double RELATIVE = 1.2e-7;

  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "3,7,7",
    "2,8,4",
    "5,65,16",
    "4,64,63",
    "3,127,64",
    "2,207,1",
    "1,1021,1021",
    "2,9001,8999",
    "1,50000,50000",
    "3,4096,4096",
    "7,40,1000"
  })
  void scalesAreTheMeansOfTheGroupsAndTheSameBitsOnEveryBackend(int rows, int cols, int group) {
    float[] w = AbsmaxTest.random(rows * cols, 31L * cols + group);
    int groups = (cols + group - 1) / group;
    int[] first = null;
    for (Kernels kernels : Kernels.available()) {
      float[] scales = scales(kernels, w, rows, cols, group);
      for (int r = 0; r < rows; r++) {
        for (int g = 0; g < groups; g++) {
          double mean = mean(w, r * cols + g * group, r * cols + Math.min(cols, (g + 1) * group));
          assertEquals(mean, scales[r * groups + g], mean * RELATIVE, kernels.name());
        }
      }
      int[] bits = new int[scales.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToRawIntBits(scales[i]);
      }
      if (first == null) {
        first = bits;
      }
      assertArrayEquals(first, bits, kernels.name());
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "3,7,7", "5,65,16", "4,64,63", "2,207,64", "1,1021,1021", "2,9001,8999"})
  void tritsAreTheRoundedQuotients(int rows, int cols, int group) {
    float[] w = AbsmaxTest.random(rows * cols, 17L * cols + group);
    int groups = (cols + group - 1) / group;
    for (Kernels kernels : Kernels.available()) {
      float[] scales = scales(kernels, w, rows, cols, group);
      float[] trits = trits(kernels, w, scales, rows, cols, group);
      for (int i = 0; i < w.length; i++) {
        float scale = scales[i / cols * groups + i % cols / group];
        double expected = Math.clamp(Math.rint(w[i] / scale), -1.0, 1.0);
        assertEquals(expected, trits[i], 0.0, kernels.name() + " at " + i);
      }
    }
  }

  @Test
  void halfAScaleRoundsToZeroAndTheNextFloatDoesNot() {
    float half = 0.35f;
    float scale = 2 * half;
    float[] w = new float[33];
    float[] expected = new float[33];
    for (int i = 0; i < 33; i += 3) {
      w[i] = i % 2 == 0 ? half : -half;
      w[i + 1] = Math.nextUp(half);
      w[i + 2] = -Math.nextUp(half);
      expected[i + 1] = 1;
      expected[i + 2] = -1;
    }
    for (Kernels kernels : Kernels.available()) {
      float[] trits = trits(kernels, w, new float[] {scale}, 1, 33, 33);
      assertArrayEquals(expected, trits, 0f, kernels.name());
    }
  }

  @Test
  void aGroupOfZerosHasTheScaleOfTheFloor() {
    for (Kernels kernels : Kernels.available()) {
      assertArrayEquals(new float[] {1e-5f}, scales(kernels, new float[19], 1, 19, 19));
    }
  }

  @Test
  void aGroupSizeBelowOneIsRefused() {
    for (Kernels kernels : Kernels.available()) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> scales(kernels, new float[4], 1, 4, 0));
      assertEquals("groupSize: expected at least 1, got 0", e.getMessage());
    }
  }

  private static double mean(float[] w, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += Math.abs((double) w[i]);
    }
    return sum / (to - from);
  }

  private static float[] scales(Kernels kernels, float[] w, int rows, int cols, int group) {
    try (Arena arena = Arena.ofShared()) {
      int groups = group < 1 ? 1 : (cols + group - 1) / group;
      MemorySegment scales = arena.allocate(4L * rows * groups, 4);
      kernels.absmean(arena.allocateFrom(Native.FLOAT, w), scales, rows, cols, group);
      return scales.toArray(Native.FLOAT);
    }
  }

  private static float[] trits(
      Kernels kernels, float[] w, float[] scales, int rows, int cols, int group) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment trits = arena.allocate(4L * w.length, 4);
      kernels.ternarize(
          arena.allocateFrom(Native.FLOAT, w),
          arena.allocateFrom(Native.FLOAT, scales),
          trits,
          rows,
          cols,
          group);
      return trits.toArray(Native.FLOAT);
    }
  }
}
