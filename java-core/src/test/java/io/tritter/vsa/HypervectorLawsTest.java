package io.tritter.vsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.ternary.PackedTrits;
import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** The algebra of hypervectors as laws, over vectors of any density and dimension. */
class HypervectorLawsTest {
  private static final String SEED = "20261125";

  @Property(seed = SEED)
  void unbindUndoesBind(@ForAll("triples") List<Hypervector> v, @ForAll Binding law) {
    Hypervector a = v.get(0);
    Hypervector b = v.get(1);
    Hypervector back = law.unbind(law.bind(a, b), b);
    if (law == Binding.PRODUCT) {
      // Where b is not 0; elsewhere nothing is left.
      assertEquals(law.bind(a, law.bind(b, b)), back);
    } else {
      assertEquals(a, back);
    }
  }

  @Property(seed = SEED)
  void bindCommutesAndAssociates(@ForAll("triples") List<Hypervector> v) {
    for (Binding law : List.of(Binding.MODULAR, Binding.PRODUCT)) {
      assertEquals(law.bind(v.get(0), v.get(1)), law.bind(v.get(1), v.get(0)));
      assertEquals(
          law.bind(law.bind(v.get(0), v.get(1)), v.get(2)),
          law.bind(v.get(0), law.bind(v.get(1), v.get(2))));
    }
  }

  @Property(seed = SEED)
  void productBindDistributesOverNegationAndModularTurnsItRound(
      @ForAll("triples") List<Hypervector> v) {
    Hypervector a = v.get(0);
    Hypervector b = v.get(1);
    assertEquals(Binding.PRODUCT.bind(a, b).negate(), Binding.PRODUCT.bind(a.negate(), b));
    assertEquals(Binding.MODULAR.unbind(a, b), Binding.MODULAR.bind(a, b.negate()));
    assertEquals(Binding.MODULAR.unbind(a, b), Binding.MODULAR_DIFFERENCE.bind(a, b));
  }

  @Property(seed = SEED)
  void permutationsComposeInvertAndKeepBindAndDot(
      @ForAll("triples") List<Hypervector> v, @ForAll int i, @ForAll @IntRange(max = 2000) int j) {
    Hypervector a = v.get(0);
    Hypervector b = v.get(1);
    int k = i % 100_000;
    assertEquals(a, a.permute(i).permute(-(i % a.dim())));
    assertEquals(a.permute(k + j), a.permute(k).permute(j));
    assertEquals(a.dot(b), a.permute(j).dot(b.permute(j)));
    for (Binding law : Binding.values()) {
      assertEquals(law.bind(a, b).permute(j), law.bind(a.permute(j), b.permute(j)));
    }
  }

  @Property(seed = SEED)
  void aBundleIsTheSignOfTheExactWeightedSum(
      @ForAll("triples") List<Hypervector> v, @ForAll("threeFloats") List<Float> weights) {
    float[] w = {weights.get(0), weights.get(1), weights.get(2)};
    Hypervector bundle = Hypervector.bundle(v, w);
    Hypervector equal = Hypervector.bundle(v);
    for (int i = 0; i < bundle.dim(); i++) {
      BigDecimal sum = BigDecimal.ZERO;
      int votes = 0;
      for (int n = 0; n < 3; n++) {
        int trit = v.get(n).trits().get(i);
        votes += trit;
        sum = sum.add(new BigDecimal(w[n]).multiply(BigDecimal.valueOf(trit)));
      }
      assertEquals(sum.signum(), bundle.trits().get(i));
      assertEquals(Integer.signum(votes), equal.trits().get(i));
    }
    assertEquals(
        bundle,
        Hypervector.bundle(List.of(v.get(2), v.get(0), v.get(1)), new float[] {w[2], w[0], w[1]}));
    assertEquals(equal, Hypervector.bundle(v, new int[] {7, 7, 7}));
  }

  @Property(seed = SEED)
  void similaritiesAreBoundedAndSymmetric(@ForAll("triples") List<Hypervector> v) {
    Hypervector a = v.get(0);
    Hypervector b = v.get(1);
    assertTrue(Math.abs(a.dot(b)) <= Math.min(a.nonZeros(), b.nonZeros()));
    assertTrue(Math.abs(a.cosine(b)) <= 1);
    assertTrue(a.hamming(b) >= 0 && a.hamming(b) <= 1);
    assertEquals(a.dot(b), b.dot(a));
    assertEquals(a.hamming(b), b.hamming(a));
    assertEquals(a.nonZeros(), a.dot(a));
    assertEquals(-a.dot(b), a.negate().dot(b));
    assertTrue(a.hamming(v.get(2)) <= a.hamming(b) + b.hamming(v.get(2)) + 1e-12);
  }

  /** Three vectors of one dimension, from empty to full. */
  @Provide
  Arbitrary<List<Hypervector>> triples() {
    Arbitrary<Integer> dims =
        Arbitraries.oneOf(
            Arbitraries.integers().between(1, 300), Arbitraries.of(511, 512, 513, 1021, 5003));
    return Combinators.combine(
            dims, Arbitraries.longs(), Arbitraries.integers().between(0, 100).list().ofSize(3))
        .as(Tuple::of)
        .map(
            t ->
                IntStream.range(0, 3)
                    .mapToObj(n -> sparse(t.get1(), t.get2() + n, t.get3().get(n)))
                    .toList());
  }

  @Provide
  Arbitrary<List<Float>> threeFloats() {
    return Arbitraries.oneOf(
            Arbitraries.floats(),
            Arbitraries.floats().between(-1, 1),
            Arbitraries.of(0f, -0f, 1f, -1f, 0.1f, 0.2f, 0.3f, Float.MIN_VALUE, Float.MAX_VALUE))
        .list()
        .ofSize(3);
  }

  private static Hypervector sparse(int dim, long seed, int percent) {
    byte[] trits = Hypervector.random(dim, seed).trits().toInt8();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < dim; i++) {
      if (random.nextInt(100) >= percent) {
        trits[i] = 0;
      }
    }
    return Hypervector.of(PackedTrits.of(trits));
  }
}
