package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RmsNormQuantizeTest {
  private static final float EPS = 1e-5f;

  static List<Kernels> backends() {
    return Kernels.available();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 207, 1021})
  void theBitsAreThoseOfTheNormAndTheQuantizationOneAfterTheOther(int dim) {
    int rows = 13;
    for (int bits : new int[] {2, 8}) {
      for (Kernels kernels : Kernels.available()) {
        try (Arena arena = Arena.ofShared()) {
          MemorySegment x = arena.allocateFrom(Native.FLOAT, AbsmaxTest.random(rows * dim, dim));
          MemorySegment weight = arena.allocateFrom(Native.FLOAT, AbsmaxTest.random(dim, bits));
          MemorySegment normed = arena.allocate(4L * rows * dim, 4);
          kernels.rmsNorm(x, weight, normed, rows, dim, EPS);
          MemorySegment q = arena.allocate((long) rows * dim);
          MemorySegment scales = arena.allocate(4L * rows, 4);
          kernels.quantizeAbsmax(normed, q, scales, rows, dim, bits);

          MemorySegment fused = arena.allocate((long) rows * dim);
          MemorySegment fusedScales = arena.allocate(4L * rows, 4);
          kernels.rmsNormQuantize(x, weight, fused, fusedScales, rows, dim, EPS, bits);

          assertArrayEquals(q.toArray(Native.BYTE), fused.toArray(Native.BYTE), kernels.name());
          assertEquals(-1, scales.mismatch(fusedScales), kernels.name());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aRowOfZerosGivesZerosAndARowWithANanAScaleOfNan(Kernels kernels) {
    int dim = 19;
    try (Arena arena = Arena.ofShared()) {
      float[] values = new float[2 * dim];
      values[dim + 18] = Float.NaN;
      MemorySegment x = arena.allocateFrom(Native.FLOAT, values);
      MemorySegment weight = arena.allocateFrom(Native.FLOAT, AbsmaxTest.random(dim, 1));
      MemorySegment q = arena.allocate(2L * dim);
      MemorySegment scales = arena.allocate(8, 4);
      kernels.rmsNormQuantize(x, weight, q, scales, 2, dim, EPS, 8);
      assertArrayEquals(new byte[dim], q.asSlice(0, dim).toArray(Native.BYTE));
      assertEquals(Float.NaN, Native.get(scales, 1));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aShortWeightIsRefused(Kernels kernels) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment x = arena.allocate(4 * 6, 4);
      MemorySegment weight = arena.allocate(4 * 2, 4);
      MemorySegment q = arena.allocate(6);
      MemorySegment scales = arena.allocate(8, 4);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> kernels.rmsNormQuantize(x, weight, q, scales, 2, 3, EPS, 8));
      assertEquals("weight: expected at least 12 bytes, got 8", e.getMessage());
    }
  }
}
