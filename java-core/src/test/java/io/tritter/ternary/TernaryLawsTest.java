package io.tritter.ternary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Laws of trits in every form: arithmetic, sparse and dense, and layouts. */
class TernaryLawsTest {
  private static final String SEED = "20261125";

  @Property(seed = SEED)
  void wordArithmeticIsThatOfLongOrAnError(
      @ForAll @IntRange(min = -364, max = 364) int a,
      @ForAll @IntRange(min = -364, max = 364) int b,
      @ForAll @IntRange(min = -6, max = 6) int places) {
    Word x = Word.of(a);
    Word y = Word.of(b);
    assertResult((long) a + b, () -> x.add(y).toLong());
    assertResult((long) a - b, () -> x.subtract(y).toLong());
    assertResult((long) a * b, () -> x.multiply(y).toLong());
    assertResult(-(long) a, () -> x.negate().toLong());
    assertResult(Math.round(a * Math.pow(3, places)), () -> x.shift(places).toLong());
    assertEquals(Integer.signum(Integer.compare(a, b)), Integer.signum(x.compareTo(y)));
    assertEquals(x, Word.parse(x.toString()));
    assertEquals(x.negate().toString(), swapped(x.toString()));
  }

  @Property(seed = SEED)
  void sparseEqualsDense(
      @ForAll @IntRange(min = 1, max = 3000) int size,
      @ForAll @IntRange(max = 100) int percent,
      @ForAll @IntRange(max = 100) int otherPercent,
      @ForAll long seed) {
    PackedTrits a = trits(size, percent, seed);
    PackedTrits b = trits(size, otherPercent, seed + 1);
    assertEquals(a, a.sparse().packed());
    assertEquals(a.sparse(), SparseTrits.ofIndices(size, a.sparse().plus(), a.sparse().minus()));
    assertEquals(a.dot(b), a.sparse().dot(b.sparse()));
    assertEquals(a.dot(b), a.sparse().dot(b));
    assertEquals(a.cosine(b), Trits.of(a).cosine(Trits.of(b)));
    assertEquals(a.sparsity() > 0.9, Trits.of(a) instanceof SparseTrits);
  }

  @Property(tries = 30, seed = SEED)
  void layoutsRoundTripAndAgreePairwise(
      @ForAll TritLayout source,
      @ForAll TritLayout target,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 3) int blocks,
      @ForAll long seed) {
    int cols = 256 * blocks;
    TritMatrix trits = matrix(rows, cols, seed);
    byte[] bytes = source.encode(trits, 1);
    byte[] converted = TritLayout.convert(MemorySegment.ofArray(bytes), rows, cols, source, target);
    assertArrayEquals(target.encode(trits, 1), converted);
    assertEquals(trits, target.decode(MemorySegment.ofArray(converted), rows, cols).trits());
    assertArrayEquals(
        bytes, TritLayout.convert(MemorySegment.ofArray(converted), rows, cols, target, source));
  }

  @Property(seed = SEED)
  void whateverIsDecodedWasEncoded(@ForAll TritLayout layout, @ForAll long seed) {
    // Bytes with one of them changed at random are the encoding of some matrix, or refused.
    TritMatrix trits = matrix(3, 256, seed);
    byte[] bytes = layout.encode(trits, 1);
    SplittableRandom random = new SplittableRandom(seed);
    int end = bytes.length - (layout.name().startsWith("I2_S") ? 28 : 0); // those mean nothing
    bytes[random.nextInt(end)] = (byte) random.nextInt();
    try {
      ScaledTrits decoded = layout.decode(MemorySegment.ofArray(bytes), 3, 256);
      assertArrayEquals(bytes, layout.encode(decoded));
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains(": expected ") && message.contains(", got "), message);
    }
  }

  private static void assertResult(long expected, LongSupplier call) {
    if (Math.abs(expected) <= 364) {
      assertEquals(expected, call.getAsLong());
    } else {
      assertThrows(ArithmeticException.class, call::getAsLong);
    }
  }

  private static String swapped(String text) {
    return text.replace('+', '*').replace('-', '+').replace('*', '-');
  }

  private static PackedTrits trits(int size, int percent, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] trits = new byte[size];
    for (int i = 0; i < size; i++) {
      trits[i] = (byte) (random.nextInt(100) < percent ? 1 - 2 * random.nextInt(2) : 0);
    }
    return PackedTrits.of(trits);
  }

  private static TritMatrix matrix(int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor trits = Tensor.zeros(rows, cols);
    for (long i = 0; i < trits.size(); i++) {
      trits.set(i, random.nextInt(-1, 2));
    }
    return TritMatrix.pack(trits);
  }
}
