package io.tritter.vsa;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.ternary.PackedTrits;
import java.util.Arrays;
import java.util.List;

/**
 * An immutable vector of trits of high dimension, a symbol or a structure of symbols (Kanerva,
 * 2009). {@link Binding} joins two, {@link #bundle} superposes many, {@link #permute} marks a place
 * in a sequence, {@link #cosine} compares.
 *
 * <p>Works on 64 trits at a time; the results are the same on every backend.
 */
public final class Hypervector {
  /** Bit d%64 of word d/64 where trit d is +1, and where it is -1; shared inside the package. */
  final long[] plus;

  final long[] minus;
  private final int dim;

  /** Counted when first asked for; a race counts twice and gets the same. */
  private int nonZeros = -1;

  Hypervector(int dim, long[] plus, long[] minus) {
    this.dim = dim;
    this.plus = plus;
    this.minus = minus;
  }

  /** A hypervector of these trits. */
  public static Hypervector of(PackedTrits trits) {
    return new Hypervector(trits.size(), trits.plus(), trits.minus());
  }

  /**
   * A random hypervector: each trit -1, 0 or +1 with probability exactly 1/3, independent of the
   * others, the same for the same seed everywhere; of two dimensions the smaller is the beginning
   * of the larger. See {@link Kernels#tritRandom} for the generator.
   */
  public static Hypervector random(int dim, long seed) {
    Check.atLeast("dim", dim, 1);
    long[] plus = new long[PackedTrits.words(dim)];
    long[] minus = new long[plus.length];
    Kernels.active().tritRandom(seed, plus, minus);
    long used = -1L >>> (plus.length * Long.SIZE - dim);
    plus[plus.length - 1] &= used;
    minus[plus.length - 1] &= used;
    return new Hypervector(dim, plus, minus);
  }

  /** The sign of the sum of the vectors, trit by trit; 0 where they balance. */
  public static Hypervector bundle(List<Hypervector> vectors) {
    return Bundle.of(vectors);
  }

  /** The sign of the weighted sum of the vectors, trit by trit; 0 where it is exactly 0. */
  public static Hypervector bundle(List<Hypervector> vectors, int[] weights) {
    return Bundle.of(vectors, weights);
  }

  /**
   * {@link #bundle(List, int[])} with weights that need not be integers. The sum is that of the
   * real numbers, without rounding, so the order of the vectors changes nothing.
   */
  public static Hypervector bundle(List<Hypervector> vectors, float[] weights) {
    return Bundle.of(vectors, weights);
  }

  /** Number of trits. */
  public int dim() {
    return dim;
  }

  /** The trits as a packed vector. */
  public PackedTrits trits() {
    return PackedTrits.ofPlanes(dim, plus, minus);
  }

  /** Every trit with the other sign. */
  public Hypervector negate() {
    return new Hypervector(dim, /* plus= */ minus, /* minus= */ plus);
  }

  /**
   * The cyclic shift: trit i moves to place (i + shift) mod dim. {@code permute(-shift)} is its
   * inverse.
   */
  public Hypervector permute(int shift) {
    int by = Math.floorMod(shift, dim);
    return by == 0 ? this : new Hypervector(dim, rotate(plus, by), rotate(minus, by));
  }

  private long[] rotate(long[] plane, int by) {
    long[] out = new long[plane.length];
    Kernels.active().tritRotate(plane, by, dim, out);
    return out;
  }

  /** Sum of products. */
  public long dot(Hypervector other) {
    checkSameDim(other);
    return Kernels.active().tritDot(plus, minus, other.plus, other.minus);
  }

  /** {@code dot / sqrt(nonZeros * other.nonZeros)}, -1 to 1; 0 if either is all zeros. */
  public double cosine(Hypervector other) {
    double squares = (double) nonZeros() * other.nonZeros();
    long dot = dot(other);
    return squares == 0 ? 0 : dot / Math.sqrt(squares);
  }

  /** Share of the places whose trits differ, 0 to 1. */
  public double hamming(Hypervector other) {
    checkSameDim(other);
    return differences(other) / (double) dim;
  }

  /** Number of trits that are not zero. */
  public int nonZeros() {
    int count = nonZeros;
    if (count < 0) {
      count = 0;
      for (int i = 0; i < plus.length; i++) {
        count += Long.bitCount(plus[i] | minus[i]);
      }
      nonZeros = count;
    }
    return count;
  }

  long differences(Hypervector other) {
    return Kernels.active().tritDifferences(plus, minus, other.plus, other.minus);
  }

  /** +1 where a plane of this vector is set, -1 where this vector is 0. */
  Hypervector against(long[] plane) {
    long[] zero = new long[plane.length];
    for (int i = 0; i < zero.length; i++) {
      zero[i] = ~(plus[i] | minus[i]);
    }
    zero[zero.length - 1] &= -1L >>> (zero.length * Long.SIZE - dim);
    return new Hypervector(dim, plane, zero);
  }

  void checkSameDim(Hypervector other) {
    if (other.dim != dim) {
      throw Check.expected("hypervectors", "one dimension", dim + " and " + other.dim);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hypervector h
        && h.dim == dim
        && Arrays.equals(h.plus, plus)
        && Arrays.equals(h.minus, minus);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(plus) + Arrays.hashCode(minus);
  }

  @Override
  public String toString() {
    return "Hypervector[" + dim + "]";
  }
}
