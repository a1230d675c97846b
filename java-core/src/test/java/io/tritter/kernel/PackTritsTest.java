package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PackTritsTest {
  private static final int ROWS = 3;

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void aCodeIsTheTritModuloFourWithMinusOneAsTwo(Kernels kernels, int cols) {
    SplittableRandom random = new SplittableRandom(cols);
    int rowBytes = (cols + 3) / 4;
    byte[] expected = new byte[ROWS * rowBytes];
    try (Arena arena = Arena.ofShared()) {
      MemorySegment trits = arena.allocate(4L * ROWS * cols, 4);
      MemorySegment packed = arena.allocate(expected.length).fill((byte) 0xff);
      for (int i = 0; i < ROWS * cols; i++) {
        int trit = random.nextInt(3) - 1;
        Native.set(trits, i, trit);
        int c = i % cols;
        expected[i / cols * rowBytes + c / 4] |= (byte) ((trit < 0 ? 2 : trit) << (c % 4 * 2));
      }
      kernels.packTrits(trits, packed, ROWS, cols);
      assertEquals(-1, MemorySegment.ofArray(expected).mismatch(packed));
    }
  }
}
