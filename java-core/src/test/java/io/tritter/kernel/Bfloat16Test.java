package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Bfloat16Test {
  private static final int ALL = 1 << 16;
  private static final int QUIET = 0x40;

  private static boolean isNaN(int bfloat16) {
    return (bfloat16 & 0x7fff) > 0x7f80;
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void everyBfloat16ComesBackAndNaNsAreQuiet(Kernels kernels) {
    MemorySegment all = NativeMemory.allocate(2L * ALL);
    MemorySegment wide = NativeMemory.allocate(4L * ALL);
    MemorySegment back = NativeMemory.allocate(2L * ALL);
    for (int i = 0; i < ALL; i++) {
      Native.setShort(all, i, (short) i);
    }
    kernels.fromBfloat16(all, wide, ALL);
    kernels.toBfloat16(wide, back, ALL);
    for (int i = 0; i < ALL; i++) {
      assertEquals(i << 16, Native.getInt(wide, i), "widened " + i);
      int expected = isNaN(i) ? i | QUIET : i;
      assertEquals(expected, Native.getShort(back, i) & 0xffff, "narrowed " + i);
    }
  }

  /** Between two neighbours of either sign: the middle goes to the even one, the rest nearer. */
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void theNearestIsTakenAndOfTwoTheEvenOne(Kernels kernels) {
    int[] offsets = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff};
    MemorySegment x = NativeMemory.allocate(4L * ALL);
    MemorySegment out = NativeMemory.allocate(2L * ALL);
    for (int offset : offsets) {
      for (int i = 0; i < ALL; i++) {
        Native.setInt(x, i, i << 16 | offset);
      }
      kernels.toBfloat16(x, out, ALL);
      for (int i = 0; i < ALL; i++) {
        int magnitude = i & 0x7fff;
        if (magnitude < 0x7f80) {
          boolean up = offset > 0x8000 || (offset == 0x8000 && magnitude % 2 == 1);
          int actual = Native.getShort(out, i) & 0xffff;
          assertEquals(up ? i + 1 : i, actual, "%x after %x".formatted(offset, i));
        }
      }
    }
  }

  /** A payload in the lower bits alone would round to infinity. */
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void aNaNStaysOneWhateverItsPayload(Kernels kernels) {
    int[] payloads = {1, 0x7fff, 0x8000, 0xffff, 0x10000, 0x3fffff, 0x400000, 0x7fffff};
    int n = 2 * payloads.length;
    MemorySegment x = NativeMemory.allocate(4L * n);
    MemorySegment out = NativeMemory.allocate(2L * n);
    for (int i = 0; i < n; i++) {
      Native.setInt(x, i, (i % 2 == 0 ? 0x7f800000 : 0xff800000) | payloads[i / 2]);
    }
    kernels.toBfloat16(x, out, n);
    for (int i = 0; i < n; i++) {
      int upper = Native.getInt(x, i) >>> 16;
      assertEquals(upper | QUIET, Native.getShort(out, i) & 0xffff, "number " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void whatIsTooLargeBecomesInfinite(Kernels kernels) {
    Tensor x =
        Tensor.of(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, 0x1.fep127f, 0x1.fefffep127f}, 4);
    MemorySegment out = NativeMemory.allocate(8);
    kernels.toBfloat16(x.data(), out, 4);
    int[] expected = {0x7f80, 0xff80, 0x7f7f, 0x7f7f};
    for (int i = 0; i < 4; i++) {
      assertEquals(expected[i], Native.getShort(out, i) & 0xffff, "number " + i);
    }
  }

  /** Bits at random; the last size is cut among the threads. */
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void backendsAgreeWithTheDefinitionAndTouchNothingElse(Kernels kernels) {
    for (int n : new int[] {0, 1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 1021, 40_003}) {
      SplittableRandom random = new SplittableRandom(n);
      MemorySegment x = NativeMemory.allocate(4L * n + 4);
      for (int i = 0; i < n; i++) {
        Native.setInt(x, i, random.nextInt());
      }
      MemorySegment narrow = NativeMemory.allocate(2L * n + 2).fill((byte) 5);
      MemorySegment wide = NativeMemory.allocate(4L * n + 4).fill((byte) 5);
      kernels.toBfloat16(x, narrow, n);
      kernels.fromBfloat16(narrow, wide, n);
      for (int i = 0; i < n; i++) {
        short expected = Bfloat16.of(Float.intBitsToFloat(Native.getInt(x, i)));
        assertEquals(expected, Native.getShort(narrow, i), n + ": narrowed " + i);
        assertEquals(expected << 16, Native.getInt(wide, i), n + ": widened " + i);
      }
      assertEquals(0x0505, Native.getShort(narrow, n), "after the last");
      assertEquals(0x05050505, Native.getInt(wide, n), "after the last");
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void memoryThatIsTooSmallIsRefused(Kernels kernels) {
    MemorySegment six = NativeMemory.allocate(6);
    MemorySegment twelve = NativeMemory.allocate(12);
    assertRefused("x", 16, 12, () -> kernels.toBfloat16(twelve, twelve, 4));
    assertRefused("out", 6, 4, () -> kernels.toBfloat16(twelve, six.asSlice(0, 4), 3));
    assertRefused("x", 8, 6, () -> kernels.fromBfloat16(six, twelve, 4));
    assertRefused("out", 12, 6, () -> kernels.fromBfloat16(six, six, 3));
    assertRefused(
        "b",
        12,
        6,
        () ->
            kernels.matmulEncoded(
                twelve, false, new Encoded.OfBfloat16(six), false, twelve, 1, 2, 3, false));
  }

  private static void assertRefused(String name, int expected, int got, Runnable call) {
    String message =
        String.valueOf(assertThrows(IllegalArgumentException.class, call::run).getMessage());
    assertTrue(
        message.equals("%s: expected at least %d bytes, got %d".formatted(name, expected, got)),
        message);
  }
}
