package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link EncodedKernels#encodeFourBit}, and the way back. */
final class FourBit {
  static final int CODES = 16;

  /** Smallest size of a block: no vector of floats spans two. */
  private static final int FEWEST = 32;

  private static final int HALF = 0xf;

  /** Where the halves of a byte begin, the first element's first. */
  private static final int HIGH = 4;

  /** The least divisor: a block of zeros has an absmax of 0. */
  private static final float FLOOR = 1e-38f;

  private FourBit() {}

  static void checkBlockSize(int blockSize) {
    if (blockSize < FEWEST || Integer.bitCount(blockSize) != 1) {
      throw new IllegalArgumentException(
          "blockSize: expected a power of two from " + FEWEST + " on, got " + blockSize);
    }
  }

  static int code(MemorySegment codes, long index) {
    return Native.getByte(codes, index >> 1) >> (index % 2 == 0 ? HIGH : 0) & HALF;
  }

  static void encode(
      MemorySegment x,
      MemorySegment codebook,
      MemorySegment codes,
      MemorySegment absmax,
      long n,
      int blockSize) {
    check(x, codebook, codes, absmax, n, blockSize);
    Bounds bounds = Bounds.of(codebook);
    for (long b = 0; b * blockSize < n; b++) {
      encodeBlock(x, bounds, codes, absmax, n, blockSize, b);
    }
  }

  private static void check(
      MemorySegment x,
      MemorySegment codebook,
      MemorySegment codes,
      MemorySegment absmax,
      long n,
      int blockSize) {
    checkBlockSize(blockSize);
    Native.check("x", x, n);
    Native.check("codebook", codebook, CODES);
    Native.check("codes", codes, (n + 1) / 2, Byte.BYTES);
    Native.check("absmax", absmax, Math.ceilDiv(n, blockSize));
  }

  private static void encodeBlock(
      MemorySegment x,
      Bounds bounds,
      MemorySegment codes,
      MemorySegment absmax,
      long n,
      int blockSize,
      long block) {
    long from = block * blockSize;
    long to = Math.min(n, from + blockSize);
    float largest = 0;
    for (long i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(Native.get(x, i)));
    }
    float divisor = Math.max(largest, FLOOR);
    boolean whole = to - from == blockSize;
    Native.set(absmax, block, whole ? largest : divisor);
    float inverse = 1f / divisor;
    for (long i = from; i < to; i += 2) {
      float first = Native.get(x, i);
      float second = i + 1 < to ? Native.get(x, i + 1) : 0f;
      int high = bounds.code(whole ? first * inverse : first / divisor);
      int low = bounds.code(whole ? second * inverse : second / divisor);
      Native.setByte(codes, i >> 1, (byte) (high << HIGH | low));
    }
  }

  /**
   * The numbers in the middle between neighbours of a codebook, ascending, and the codes in that
   * order.
   */
  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Bounds(float[] middles, int[] codes) {
    static Bounds of(MemorySegment codebook) {
      int[] codes =
          IntStream.range(0, CODES)
              .boxed()
              .sorted((a, b) -> compare(Native.get(codebook, a), Native.get(codebook, b)))
              .mapToInt(Integer::intValue)
              .toArray();
      float[] middles = new float[CODES - 1];
      for (int i = 0; i < middles.length; i++) {
        middles[i] = (Native.get(codebook, codes[i]) + Native.get(codebook, codes[i + 1])) / 2;
      }
      return new Bounds(middles, codes);
    }

    /** 0 and -0 are equal and stay in the order of their codes. */
    private static int compare(float a, float b) {
      return a < b ? -1 : a > b ? 1 : 0;
    }

    int code(float x) {
      int rank = Arrays.binarySearch(middles, x);
      if (rank < 0) {
        rank = -rank - 1;
      }
      return codes[rank];
    }
  }

  /** Decoding on vectors; encoding, which happens once a model, on all threads. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final int L = F.length();

    /** Blocks of a task, times their size. */
    private static final int TASK_ELEMENTS = 1 << 14;

    /** Whether a codebook fits one vector, or two; elsewhere it is looked up in an array. */
    private static final boolean ONE = L == CODES;

    private static final boolean TWO = 2 * L == CODES;

    /** Where the code of each lane is in the four bytes that eight lanes share. */
    private static final IntVector SHIFTS =
        IntVector.fromArray(
            I, IntStream.range(0, L).map(lane -> (lane ^ 1) % 8 * HIGH).toArray(), 0);

    private static final VectorMask<Integer> UPPER = VectorMask.fromLong(I, 0xff00);

    private static final ValueLayout.OfInt INT = Native.INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = Native.LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final Workspace TABLE = new Workspace();

    private Simd() {}

    static void encode(
        MemorySegment x,
        MemorySegment codebook,
        MemorySegment codes,
        MemorySegment absmax,
        long n,
        int blockSize) {
      check(x, codebook, codes, absmax, n, blockSize);
      Bounds bounds = Bounds.of(codebook);
      Workers.pieces(
          Math.ceilDiv(n, blockSize),
          Math.max(1, TASK_ELEMENTS / blockSize),
          (from, to) -> {
            for (long b = from; b < to; b++) {
              encodeBlock(x, bounds, codes, absmax, n, blockSize, b);
            }
          });
    }

    /** Elements {@code from..from+n-1}, from {@code out[at]} on. */
    static void decode(Encoded.OfFourBit x, long from, int n, float[] out, int at) {
      float[] table = TABLE.floats(CODES);
      MemorySegment.copy(x.codebook(), Native.FLOAT, 0, table, 0, CODES);
      int shift = Integer.numberOfTrailingZeros(x.blockSize());
      int head = (int) Math.min(n, -from & (L - 1));
      int bound = head + (ONE || TWO ? F.loopBound(n - head) : 0);
      decode(x, table, from, head, out, at);
      if (ONE) {
        decodeByOne(x.codes(), x.absmax(), table, shift, from, head, bound, out, at);
      } else if (TWO) {
        decodeByTwo(x.codes(), x.absmax(), table, shift, from, head, bound, out, at);
      }
      decode(x, table, from + bound, n - bound, out, at + bound);
    }

    private static void decode(
        Encoded.OfFourBit x, float[] table, long from, int n, float[] out, int at) {
      int shift = Integer.numberOfTrailingZeros(x.blockSize());
      for (int i = 0; i < n; i++) {
        float absmax = Native.get(x.absmax(), (from + i) >>> shift);
        out[at + i] = table[code(x.codes(), from + i)] * absmax;
      }
    }

    /** 16 lanes: 8 bytes, half of which each half of a vector gets. */
    private static void decodeByOne(
        MemorySegment codes,
        MemorySegment absmax,
        float[] table,
        int shift,
        long from,
        int first,
        int bound,
        float[] out,
        int at) {
      IntVector numbers = FloatVector.fromArray(F, table, 0).reinterpretAsInts();
      for (int i = first; i < bound; i += L) {
        long index = from + i;
        long bits = codes.get(LONG, index >> 1);
        IntVector.broadcast(I, (int) bits)
            .blend(IntVector.broadcast(I, (int) (bits >>> 32)), UPPER)
            .lanewise(VectorOperators.LSHR, SHIFTS)
            .and(HALF)
            .selectFrom(numbers)
            .reinterpretAsFloats()
            .mul(Native.get(absmax, index >>> shift))
            .intoArray(out, at + i);
      }
    }

    /** 8 lanes: 4 bytes; the highest bit of a code says which half of the codebook it is in. */
    private static void decodeByTwo(
        MemorySegment codes,
        MemorySegment absmax,
        float[] table,
        int shift,
        long from,
        int first,
        int bound,
        float[] out,
        int at) {
      IntVector lower = FloatVector.fromArray(F, table, 0).reinterpretAsInts();
      IntVector upper = FloatVector.fromArray(F, table, L).reinterpretAsInts();
      for (int i = first; i < bound; i += L) {
        long index = from + i;
        IntVector code =
            IntVector.broadcast(I, codes.get(INT, index >> 1))
                .lanewise(VectorOperators.LSHR, SHIFTS)
                .and(HALF);
        IntVector low = code.and(L - 1);
        low.selectFrom(lower)
            .blend(low.selectFrom(upper), code.compare(VectorOperators.GE, L))
            .reinterpretAsFloats()
            .mul(Native.get(absmax, index >>> shift))
            .intoArray(out, at + i);
      }
    }
  }
}
