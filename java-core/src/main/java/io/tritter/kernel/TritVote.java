package io.tritter.kernel;

import java.math.BigInteger;
import java.util.Arrays;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sign of a weighted sum of trit vectors, exact: {@code out = sign(sum_v weight[v] * 2^shift[v] *
 * t[v])}.
 *
 * <p>Counts {@code sum_v w[v] * (t[v] + 1)} for 64 trits at a time in bit-sliced counters (bit j of
 * slice k is bit k of the count of trit j) and compares it with the sum of the weights. A negative
 * weight is a positive one for the negated vector.
 */
final class TritVote {
  private TritVote() {}

  static void run(
      long[][] plus,
      long[][] minus,
      long[] weights,
      int[] shifts,
      long[] outPlus,
      long[] outMinus) {
    Votes votes = new Votes(plus, minus, weights, shifts, outPlus, outMinus);
    range(votes, outPlus, outMinus, 0, outPlus.length);
  }

  private static void range(Votes votes, long[] outPlus, long[] outMinus, int from, int to) {
    long[] slices = new long[votes.slices];
    for (int i = from; i < to; i++) {
      Arrays.fill(slices, 0);
      for (int v = 0; v < votes.count(); v++) {
        add(votes, v, votes.plus[v][i], votes.minus[v][i], slices);
      }
      long more = 0;
      long fewer = 0;
      for (int k = votes.slices - 1; k >= 0; k--) {
        if (votes.total.testBit(k)) {
          fewer |= ~slices[k] & ~more;
        } else {
          more |= slices[k] & ~fewer;
        }
      }
      outPlus[i] = more;
      outMinus[i] = fewer;
    }
  }

  /** Adds 2w where the trit is +1, w where it is 0. */
  private static void add(Votes votes, int v, long plus, long minus, long[] slices) {
    long zero = ~(plus | minus);
    long weight = votes.weights[v];
    long carry = 0;
    for (int k = votes.shifts[v]; k < votes.tops[v]; k++) {
      int bit = k - votes.shifts[v];
      long x = (zero & Votes.spread(weight, bit)) | (plus & Votes.spread(weight, bit - 1));
      long c = slices[k];
      slices[k] = c ^ x ^ carry;
      carry = (c & x) | (carry & (c ^ x));
    }
  }

  /** The vectors with weights other than 0, made positive. */
  private static final class Votes {
    final long[][] plus;
    final long[][] minus;
    final long[] weights;
    final int[] shifts;

    /** Number of slices that the count can reach once vector v is added. */
    final int[] tops;

    /** Sum of the weights. */
    final BigInteger total;

    final int slices;

    Votes(
        long[][] plus,
        long[][] minus,
        long[] weights,
        int[] shifts,
        long[] outPlus,
        long[] outMinus) {
      check(plus, minus, weights, shifts, outPlus, outMinus);
      int count = (int) Arrays.stream(weights).filter(w -> w != 0).count();
      this.plus = new long[count][];
      this.minus = new long[count][];
      this.weights = new long[count];
      this.shifts = new int[count];
      tops = new int[count];
      BigInteger sum = BigInteger.ZERO;
      int to = 0;
      for (int v = 0; v < weights.length; v++) {
        if (weights[v] != 0) {
          this.plus[to] = weights[v] > 0 ? plus[v] : minus[v];
          this.minus[to] = weights[v] > 0 ? minus[v] : plus[v];
          this.weights[to] = Math.abs(weights[v]);
          this.shifts[to] = shifts[v];
          sum = sum.add(BigInteger.valueOf(this.weights[to]).shiftLeft(shifts[v]));
          tops[to++] = sum.bitLength() + 1;
        }
      }
      total = sum;
      slices = sum.bitLength() + 1;
    }

    int count() {
      return weights.length;
    }

    /** All ones if a bit of a weight is set, else 0. */
    static long spread(long weight, int bit) {
      return bit >= 0 && bit < Long.SIZE ? -((weight >>> bit) & 1) : 0;
    }

    private static void check(
        long[][] plus,
        long[][] minus,
        long[] weights,
        int[] shifts,
        long[] outPlus,
        long[] outMinus) {
      int count = plus.length;
      if (minus.length != count || weights.length != count || shifts.length != count) {
        throw new IllegalArgumentException(
            "votes: expected planes, weights and shifts of one number, got %d, %d, %d, %d"
                .formatted(count, minus.length, weights.length, shifts.length));
      }
      TritPlanes.checkOut(outPlus.length, outPlus, outMinus);
      for (int v = 0; v < count; v++) {
        TritPlanes.check(outPlus, outMinus, plus[v], minus[v]);
        if (weights[v] == Long.MIN_VALUE || shifts[v] < 0) {
          throw new IllegalArgumentException(
              "votes: expected weights above -2^63 and shifts of at least 0, got %d and %d at %d"
                  .formatted(weights[v], shifts[v], v));
        }
      }
    }
  }

  /** Slice by slice over blocks of words, whose counters stay in the first-level cache. */
  static final class Simd {
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;

    /** Words of a block, a multiple of the lanes. */
    private static final int BLOCK = 256;

    private static final Workspace SLICES = new Workspace();

    private Simd() {}

    static void run(
        long[][] plus,
        long[][] minus,
        long[] weights,
        int[] shifts,
        long[] outPlus,
        long[] outMinus) {
      Votes votes = new Votes(plus, minus, weights, shifts, outPlus, outMinus);
      Workers.pieces(
          outPlus.length,
          BLOCK,
          (from, to) -> block(votes, outPlus, outMinus, (int) from, (int) to));
    }

    private static void block(Votes votes, long[] outPlus, long[] outMinus, int from, int to) {
      int words = L.loopBound(to - from);
      long[] slices = SLICES.longs((votes.slices + 1) * BLOCK);
      int carry = votes.slices * BLOCK;
      Arrays.fill(slices, 0, carry, 0);
      for (int v = 0; v < votes.count(); v++) {
        Arrays.fill(slices, carry, carry + words, 0);
        int shift = votes.shifts[v];
        long weight = votes.weights[v];
        int weightEnd = shift + Long.SIZE - Long.numberOfLeadingZeros(weight) + 1;
        for (int k = shift; k < votes.tops[v]; k++) {
          if (k < weightEnd) {
            long zeroMask = Votes.spread(weight, k - shift);
            long plusMask = Votes.spread(weight, k - shift - 1);
            add(
                votes.plus[v],
                votes.minus[v],
                from,
                zeroMask,
                plusMask,
                slices,
                k * BLOCK,
                carry,
                words);
          } else {
            carry(slices, k * BLOCK, carry, words);
          }
        }
      }
      Arrays.fill(outPlus, from, from + words, 0);
      Arrays.fill(outMinus, from, from + words, 0);
      for (int k = votes.slices - 1; k >= 0; k--) {
        if (votes.total.testBit(k)) {
          compare(slices, k * BLOCK, -1L, outMinus, outPlus, from, words);
        } else {
          compare(slices, k * BLOCK, 0, outPlus, outMinus, from, words);
        }
      }
      range(votes, outPlus, outMinus, from + words, to);
    }

    /** A full adder: slice + (a bit of the weighted trits + 1) + carry. */
    private static void add(
        long[] plus,
        long[] minus,
        int from,
        long zeroMask,
        long plusMask,
        long[] slices,
        int slice,
        int carry,
        int words) {
      for (int i = 0; i < words; i += L.length()) {
        LongVector p = LongVector.fromArray(L, plus, from + i);
        LongVector m = LongVector.fromArray(L, minus, from + i);
        LongVector c = LongVector.fromArray(L, slices, slice + i);
        LongVector in = LongVector.fromArray(L, slices, carry + i);
        LongVector zero = LongVector.broadcast(L, zeroMask);
        LongVector x = zero.lanewise(VectorOperators.AND_NOT, p.or(m)).or(p.and(plusMask));
        LongVector sum = c.lanewise(VectorOperators.XOR, x);
        sum.lanewise(VectorOperators.XOR, in).intoArray(slices, slice + i);
        c.and(x).or(in.and(sum)).intoArray(slices, carry + i);
      }
    }

    /** A half adder: slice + carry. */
    private static void carry(long[] slices, int slice, int carry, int words) {
      for (int i = 0; i < words; i += L.length()) {
        LongVector c = LongVector.fromArray(L, slices, slice + i);
        LongVector in = LongVector.fromArray(L, slices, carry + i);
        c.lanewise(VectorOperators.XOR, in).intoArray(slices, slice + i);
        c.and(in).intoArray(slices, carry + i);
      }
    }

    /** {@code decided |= (slice ^ flip) & ~other}. */
    private static void compare(
        long[] slices, int slice, long flip, long[] decided, long[] other, int from, int words) {
      for (int i = 0; i < words; i += L.length()) {
        LongVector c = LongVector.fromArray(L, slices, slice + i);
        LongVector open = LongVector.fromArray(L, other, from + i).not();
        c.lanewise(VectorOperators.XOR, flip)
            .and(open)
            .or(LongVector.fromArray(L, decided, from + i))
            .intoArray(decided, from + i);
      }
    }
  }
}
