package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedTest {
  private static final int[] SIZES = {0, 1, 3, 7, 31, 32, 33, 63, 64, 65, 257, 1021, 70_001};

  private static Tensor random(int n) {
    SplittableRandom random = new SplittableRandom(n);
    Tensor x = Tensor.zeros(n);
    for (int i = 0; i < n; i++) {
      x.set(i, (float) random.nextDouble(-1, 1));
    }
    return x;
  }

  /** Parts begin anywhere: in the middle of a byte, of a vector, of a block. */
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void anyPartDecodesToTheSameBits(Kernels kernels) {
    for (int n : SIZES) {
      for (Encoded e : EncodedSamples.of(random(n), 37)) {
        for (int from = 0; from < Math.min(n, 70); from += 1 + from / 3) {
          Tensor out = Tensor.zeros(n - from + 1);
          out.set(n - from, 5f);
          kernels.decode(e, from, out.data(), n - from);
          for (int i = from; i < n; i++) {
            int at = i; // a message for each of millions of numbers would take most of the time
            int start = from;
            assertEquals(
                bits(e.get(i)),
                bits(out.get(i - from)),
                () -> "%s, %d from %d of %d".formatted(e, at, start, n));
          }
          assertEquals(5f, out.get(n - from), "after the last");
        }
      }
    }
  }

  private static int bits(float x) {
    return Float.floatToRawIntBits(x);
  }

  /** Zeros of both signs, subnormals, infinities; a NaN stays one. */
  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void everyHalfDecodesAsTheJdkSays(Kernels kernels) {
    int all = 1 << 16;
    MemorySegment halves = NativeMemory.allocate(2L * all);
    for (int i = 0; i < all; i++) {
      Native.setShort(halves, i, (short) i);
    }
    Tensor out = Tensor.zeros(all);
    kernels.decode(new Encoded.OfFloat16(halves), 0, out.data(), all);
    for (int i = 0; i < all; i++) {
      assertEquals(Float.float16ToFloat((short) i), out.get(i), "half " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void backendsEncodeToTheSameBytes(Kernels kernels) {
    for (int n : SIZES) {
      Tensor x = random(n);
      for (int blockSize : new int[] {32, 64, 4096}) {
        Encoded.OfFourBit expected = (Encoded.OfFourBit) EncodedSamples.fourBit(x, blockSize);
        MemorySegment codes = NativeMemory.allocate(expected.codes().byteSize());
        MemorySegment absmax = NativeMemory.allocate(expected.absmax().byteSize());
        kernels.encodeFourBit(x.data(), expected.codebook(), codes, absmax, n, blockSize);
        assertEquals(-1, codes.mismatch(expected.codes()), "codes of " + n);
        assertEquals(-1, absmax.mismatch(expected.absmax()), "absmax of " + n);
      }
      int cols = 37;
      int rows = n / cols;
      MemorySegment expectedBytes = NativeMemory.allocate((long) rows * cols);
      Tensor expectedAbsmax = Tensor.zeros(rows);
      Samples.SCALAR.encodeInt8(x.data(), expectedBytes, expectedAbsmax.data(), rows, cols);
      MemorySegment bytes = NativeMemory.allocate((long) rows * cols);
      Tensor absmax = Tensor.zeros(rows);
      kernels.encodeInt8(x.data(), bytes, absmax.data(), rows, cols);
      assertEquals(-1, bytes.mismatch(expectedBytes), "bytes of " + n);
      assertArrayEquals(expectedAbsmax.toArray(), absmax.toArray(), "absmax of rows of " + n);
    }
  }

  /** A number of the codebook times absmax is its own nearest, and others are not far. */
  @Test
  void whatIsDecodedIsTheNearestOfTheCodebook() {
    Tensor x = random(1021);
    Encoded.OfFourBit e = (Encoded.OfFourBit) EncodedSamples.fourBit(x, 64);
    for (int i = 0; i < x.size(); i++) {
      double absmax = Native.get(e.absmax(), i / 64);
      double least = Double.MAX_VALUE;
      for (float number : EncodedSamples.CODEBOOK.toArray()) {
        least = Math.min(least, Math.abs(number * absmax - x.get(i)));
      }
      // the division rounds: 2^-24 of absmax
      assertEquals(least, Math.abs(e.get(i) - x.get(i)), 1e-7 * absmax, "element " + i);
    }
  }

  @Test
  void zerosStayZeros() {
    Tensor zeros = Tensor.zeros(70);
    for (Encoded e : EncodedSamples.of(zeros, 7)) {
      for (int i = 0; i < 70; i++) {
        assertEquals(0f, e.get(i) + 0f, e.toString());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-64, 0, 16, 48, 63})
  void blockSizesOtherThanPowersOfTwoFrom32AreRefused(int blockSize) {
    MemorySegment memory = NativeMemory.allocate(64);
    String message = "blockSize: expected a power of two from 32 on, got " + blockSize;
    assertRefused(message, () -> new Encoded.OfFourBit(memory, memory, memory, blockSize));
    assertRefused(
        message, () -> Samples.SCALAR.encodeFourBit(memory, memory, memory, memory, 0, blockSize));
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void memoryThatIsTooSmallIsRefused(Kernels kernels) {
    MemorySegment small = NativeMemory.allocate(8);
    MemorySegment large = NativeMemory.allocate(512);
    Encoded[] bad = {
      new Encoded.OfBfloat16(small),
      new Encoded.OfFloat16(small),
      new Encoded.OfFourBit(small, large, large, 32),
      new Encoded.OfFourBit(large, small, large, 32),
      new Encoded.OfFourBit(large, large, small, 32),
      new Encoded.OfInt8(small, large, 10),
      new Encoded.OfInt8(large, small, 10)
    };
    for (Encoded e : bad) {
      String message = refusal(() -> kernels.decode(e, 1, large, 99));
      assertTrue(message.matches("x.*: expected at least \\d+ bytes, got 8"), message);
      message =
          refusal(() -> kernels.matmulEncoded(large, false, e, true, large, 1, 10, 10, false));
      assertTrue(message.matches("b.*: expected at least \\d+ bytes, got 8"), message);
    }
    assertRefused(
        "from: expected at least 0, got -1",
        () -> kernels.decode(new Encoded.OfFloat16(small), -1, large, 1));
    assertRefused("cols: expected at least 1, got 0", () -> new Encoded.OfInt8(small, small, 0));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(message, refusal(call));
  }

  private static String refusal(Runnable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
