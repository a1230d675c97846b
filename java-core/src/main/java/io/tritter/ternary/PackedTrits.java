package io.tritter.ternary;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * An immutable vector of trits as two bit planes: bit d%64 of word d/64 of {@code plus} is set
 * where trit d is +1, of {@code minus} where it is -1. Never both, and no bit behind the last trit.
 */
public final class PackedTrits implements Trits {
  private static final long EVEN = 0x5555_5555_5555_5555L;
  private static final int BYTES_OF_A_WORD = 16;
  private static final long FIRST_BITS = 0x0101_0101_0101_0101L;

  private final int size;
  private final long[] plus;
  private final long[] minus;

  private PackedTrits(int size, long[] plus, long[] minus) {
    this.size = size;
    this.plus = plus;
    this.minus = minus;
  }

  /** Words of a plane. */
  public static int words(int size) {
    return Math.ceilDiv(size, Long.SIZE);
  }

  /**
   * Copies two planes.
   *
   * @throws IllegalArgumentException for another number of words, for a trit that is set in both,
   *     and for a bit behind the last trit
   */
  public static PackedTrits ofPlanes(int size, long[] plus, long[] minus) {
    int words = words(Check.atLeast("size", size, 1));
    if (plus.length != words || minus.length != words) {
      throw Check.expected(
          "planes", words + " words for " + size + " trits", plus.length + " and " + minus.length);
    }
    for (int i = 0; i < words; i++) {
      long both = plus[i] & minus[i];
      if (both != 0) {
        int trit = i * Long.SIZE + Long.numberOfTrailingZeros(both);
        throw Check.expected("planes", "at most one bit a trit", "both at trit " + trit);
      }
    }
    PackedTrits trits = new PackedTrits(size, plus.clone(), minus.clone());
    trits.checkTail("planes");
    return trits;
  }

  /**
   * Packs exact trits.
   *
   * @throws IllegalArgumentException for another number than -1, 0, +1, with its position
   */
  public static PackedTrits of(float[] trits) {
    PackedTrits packed = empty(trits.length);
    for (int i = 0; i < trits.length; i++) {
      packed.set("trits", i, trits[i]);
    }
    return packed;
  }

  /** {@link #of(float[])} of int8. */
  public static PackedTrits of(byte[] trits) {
    PackedTrits packed = empty(trits.length);
    ByteBuffer bytes = littleEndian(trits);
    int grouped = trits.length / Long.BYTES * Long.BYTES;
    for (int i = 0; i < grouped; i += Long.BYTES) {
      long eight = bytes.getLong();
      long negative = (eight >>> 7) & FIRST_BITS;
      long odd = eight & FIRST_BITS;
      if (eight != (negative * 0xff | odd)) {
        break; // the loop below finds and reports the byte that is no trit
      }
      packed.plus[i / Long.SIZE] |= gather(odd & ~negative) << i;
      packed.minus[i / Long.SIZE] |= gather(negative) << i;
    }
    for (int i = Math.max(0, bytes.position() - Long.BYTES); i < trits.length; i++) {
      packed.set("trits", i, trits[i]);
    }
    return packed;
  }

  /** The lowest bit of each byte, as 8 bits. */
  private static long gather(long firstBits) {
    return (firstBits * 0x0102_0408_1020_4080L) >>> 56;
  }

  /** 8 bits as the lowest bit of each byte. */
  private static long scatter(long bits) {
    long apart = ((bits & 0xff) * FIRST_BITS) & 0x8040_2010_0804_0201L;
    return ((apart + 0x7f7f_7f7f_7f7f_7f7fL) >>> 7) & FIRST_BITS;
  }

  /** {@link #of(float[])} of a tensor of any shape, row by row. */
  public static PackedTrits of(Tensor trits) {
    return of(trits.toArray());
  }

  /**
   * Reads 2-bit bytes, see {@link TritMatrix}.
   *
   * @throws IllegalArgumentException for another number of bytes, for code 11 with its position,
   *     and for bits set behind the last trit
   */
  public static PackedTrits fromBytes(byte[] packed, int size) {
    Check.atLeast("size", size, 1);
    if (packed.length != TritMatrix.rowBytes(size)) {
      throw Check.expected(
          "packed", TritMatrix.rowBytes(size) + " bytes for " + size + " trits", packed.length);
    }
    PackedTrits trits = empty(size);
    ByteBuffer bytes = littleEndian(Arrays.copyOf(packed, trits.plus.length * BYTES_OF_A_WORD));
    for (int i = 0; i < trits.plus.length; i++) {
      long low = bytes.getLong();
      long high = bytes.getLong();
      trits.plus[i] = Long.compress(low, EVEN) | Long.compress(high, EVEN) << 32;
      trits.minus[i] = Long.compress(low, ~EVEN) | Long.compress(high, ~EVEN) << 32;
      long wrong = trits.plus[i] & trits.minus[i];
      if (wrong != 0) {
        int trit = i * Long.SIZE + Long.numberOfTrailingZeros(wrong);
        throw Check.expected("packed", "codes 00, 01 and 10", "11 at trit " + trit);
      }
    }
    trits.checkTail("packed");
    return trits;
  }

  private static PackedTrits empty(int size) {
    int words = words(Check.atLeast("size", size, 1));
    return new PackedTrits(size, new long[words], new long[words]);
  }

  private void set(String name, int i, float trit) {
    if (trit == 1) {
      plus[i / Long.SIZE] |= 1L << i;
    } else if (trit == -1) {
      minus[i / Long.SIZE] |= 1L << i;
    } else if (trit != 0) {
      throw Check.expected(name, "-1, 0 or 1", trit + " at " + i);
    }
  }

  private void checkTail(String name) {
    int last = plus.length - 1;
    long used = -1L >>> (plus.length * Long.SIZE - size);
    long outside = (plus[last] | minus[last]) & ~used;
    if (outside != 0) {
      int trit = last * Long.SIZE + Long.numberOfTrailingZeros(outside);
      throw Check.expected(name, "zeros behind trit " + (size - 1), "a bit at trit " + trit);
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int get(int i) {
    if (i < 0 || i >= size) {
      throw Check.expected("index", "0 to " + (size - 1), i);
    }
    int shift = i % Long.SIZE;
    return (int) ((plus[i / Long.SIZE] >>> shift) & 1)
        - (int) ((minus[i / Long.SIZE] >>> shift) & 1);
  }

  /** A copy of the plane of +1. */
  public long[] plus() {
    return plus.clone();
  }

  /** A copy of the plane of -1. */
  public long[] minus() {
    return minus.clone();
  }

  @Override
  public long dot(Trits other) {
    if (other.size() != size) {
      throw Check.expected("other", size + " trits", other.size());
    }
    return switch (other) {
      case PackedTrits p -> Kernels.active().tritDot(plus, minus, p.plus, p.minus);
      case SparseTrits s -> s.dot(this);
    };
  }

  /** Sum of the trits at these indices. */
  long sum(int[] indices) {
    long sum = 0;
    for (int i : indices) {
      int word = i / Long.SIZE;
      sum += ((plus[word] >>> i) & 1) - ((minus[word] >>> i) & 1);
    }
    return sum;
  }

  @Override
  public PackedTrits packed() {
    return this;
  }

  @Override
  public SparseTrits sparse() {
    return SparseTrits.of(this);
  }

  @Override
  public int nonZeros() {
    int count = 0;
    for (int i = 0; i < plus.length; i++) {
      count += Long.bitCount(plus[i] | minus[i]);
    }
    return count;
  }

  /** The trits as 2-bit bytes, see {@link TritMatrix}. */
  public byte[] toBytes() {
    byte[] packed = new byte[plus.length * BYTES_OF_A_WORD];
    ByteBuffer bytes = littleEndian(packed);
    for (int i = 0; i < plus.length; i++) {
      bytes.putLong(Long.expand(plus[i], EVEN) | Long.expand(minus[i], ~EVEN));
      bytes.putLong(Long.expand(plus[i] >>> 32, EVEN) | Long.expand(minus[i] >>> 32, ~EVEN));
    }
    return Arrays.copyOf(packed, TritMatrix.rowBytes(size));
  }

  /** The trits as int8. */
  public byte[] toInt8() {
    byte[] trits = new byte[plus.length * Long.SIZE];
    ByteBuffer bytes = littleEndian(trits);
    for (int i = 0; i < plus.length; i++) {
      for (int bit = 0; bit < Long.SIZE; bit += Long.BYTES) {
        bytes.putLong(scatter(plus[i] >>> bit) | scatter(minus[i] >>> bit) * 0xff);
      }
    }
    return Arrays.copyOf(trits, size);
  }

  /** The trits as float32, [size]. */
  public Tensor toTensor() {
    float[] trits = new float[size];
    for (int i = 0; i < size; i++) {
      trits[i] = get(i);
    }
    return Tensor.of(trits, size);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PackedTrits p
        && p.size == size
        && Arrays.equals(p.plus, plus)
        && Arrays.equals(p.minus, minus);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(plus) + Arrays.hashCode(minus);
  }

  @Override
  public String toString() {
    return "PackedTrits[" + size + "]";
  }
}
