package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AbsmaxTest {
  private static final int ROWS = 5;

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void everyBackendGivesTheIntegersOfTheDefinitionAndTheirFloats(int cols) {
    float[] x = random(ROWS * cols, 7 + cols);
    for (int bits = 2; bits <= 8; bits++) {
      for (Kernels kernels : Kernels.available()) {
        try (Arena arena = Arena.ofShared()) {
          MemorySegment in = arena.allocateFrom(Native.FLOAT, x);
          MemorySegment q = arena.allocate(x.length);
          MemorySegment floats = arena.allocate(4L * x.length, 4);
          MemorySegment dequantized = arena.allocate(4L * x.length, 4);
          MemorySegment scales = arena.allocate(4L * ROWS, 4);
          kernels.quantizeAbsmax(in, q, scales, ROWS, cols, bits);
          kernels.dequantizeRows(q, MemorySegment.NULL, floats, ROWS, cols);
          kernels.dequantizeRows(q, scales, dequantized, ROWS, cols);
          for (int r = 0; r < ROWS; r++) {
            float s = scale(x, r, cols, (1 << (bits - 1)) - 1);
            assertEquals(1f / s, Native.get(scales, r), kernels.name());
            for (int i = r * cols; i < (r + 1) * cols; i++) {
              int expected = (int) Math.rint(x[i] * s);
              assertEquals(expected, Native.getByte(q, i), kernels.name() + " at " + i);
              assertEquals(expected, Native.get(floats, i), kernels.name() + " at " + i);
              assertEquals(expected * (1f / s), Native.get(dequantized, i), kernels.name());
            }
          }
        }
      }
    }
  }

  @Test
  void halvesGoToTheEvenInteger() {
    float[] x = {127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, -127};
    byte[] expected = {127, 0, 2, 2, 0, -2, -2, -127};
    for (Kernels kernels : Kernels.available()) {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment q = arena.allocate(x.length);
        MemorySegment scale = arena.allocate(4, 4);
        kernels.quantizeAbsmax(arena.allocateFrom(Native.FLOAT, x), q, scale, 1, x.length, 8);
        assertEquals(-1, MemorySegment.ofArray(expected).mismatch(q), kernels.name());
        assertEquals(1f, Native.get(scale, 0), kernels.name());
      }
    }
  }

  @Test
  void aRowOfZerosHasTheScaleOfTheFloor() {
    for (Kernels kernels : Kernels.available()) {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment q = arena.allocate(33);
        MemorySegment scale = arena.allocate(4, 4);
        kernels.quantizeAbsmax(arena.allocate(33 * 4, 4), q, scale, 1, 33, 8);
        assertEquals(1f / (127 / 1e-5f), Native.get(scale, 0), kernels.name());
        assertEquals(-1, arena.allocate(33).mismatch(q), kernels.name());
      }
    }
  }

  @Test
  void aNotANumberReachesTheScale() {
    for (Kernels kernels : Kernels.available()) {
      float[] x = random(40, 1);
      x[23] = Float.NaN;
      try (Arena arena = Arena.ofShared()) {
        MemorySegment scale = arena.allocate(4, 4);
        kernels.quantizeAbsmax(
            arena.allocateFrom(Native.FLOAT, x), arena.allocate(40), scale, 1, 40, 8);
        assertTrue(Float.isNaN(Native.get(scale, 0)), kernels.name());
      }
    }
  }

  @Test
  void bitsOutsideTwoToEightAreRefused() {
    for (Kernels kernels : Kernels.available()) {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment s = arena.allocate(64, 4);
        for (int bits : new int[] {1, 9}) {
          IllegalArgumentException e =
              assertThrows(
                  IllegalArgumentException.class,
                  () -> kernels.quantizeAbsmax(s, s, s, 1, 4, bits));
          assertEquals("bits: expected 2 to 8, got " + bits, e.getMessage());
        }
      }
    }
  }

  private static float scale(float[] x, int row, int cols, float max) {
    float largest = 0;
    for (int i = row * cols; i < (row + 1) * cols; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
    }
    return max / Math.max(largest, 1e-5f);
  }

  static float[] random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
