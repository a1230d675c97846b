package io.tritter.vsa;

import io.tritter.kernel.Workers;
import io.tritter.tensor.Check;
import io.tritter.ternary.PackedTrits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the factors of {@code product = bind(x_1, x_2, ..., x_F)}, one from each codebook, without
 * trying every combination (Frady, Kent, Olshausen and Sommer, 2020).
 *
 * <p>Holds an estimate of each factor, at first the bundle of its codebook. In turn, the other
 * estimates are unbound from the product, what is left is compared with the codebook, and the
 * similarities weigh the vectors of the codebook in the next estimate. Every step is exact integer
 * arithmetic: the same input takes the same path everywhere.
 *
 * <p>{@link Binding#PRODUCT} compares by dot product and bundles by sign. {@link Binding#MODULAR}
 * treats a trit t as the cube root of unity {@code exp(2 pi i t / 3)}: it compares by the real part
 * of the inner product, {@code (3 * equal - dim) / 2}, and bundles to the root next to the weighted
 * sum. A product stays the same when 1 is added to all trits of one factor and taken from those of
 * another, as two signs cancel in PRODUCT, so each vector is searched with +1 and -1 added too.
 * {@link Binding#MODULAR_DIFFERENCE}, {@code x_1 - x_2 - ...}, is MODULAR with negated codebooks
 * behind the first.
 */
public final class Resonator {
  private final Binding law;
  private final List<List<Hypervector>> codebooks;

  /** What the estimates are made of; vector i stands for vector i mod size of the codebook. */
  private final List<List<Hypervector>> searched = new ArrayList<>();

  private final int dim;

  /**
   * What was found.
   *
   * @param factors index into each codebook
   * @param converged whether the estimates came to rest, or the factors give exactly the product
   * @param iterations rounds over all codebooks
   * @param cosine of the bind of the factors with the product; 1 if they are its exact factors
   */
  public record Factors(List<Integer> factors, boolean converged, int iterations, double cosine) {}

  /**
   * A resonator over at least two codebooks, each with at least one vector, all of one dimension.
   *
   * @param law binds the factors from left to right
   */
  public Resonator(Binding law, List<List<Hypervector>> codebooks) {
    Check.atLeast("codebooks", codebooks.size(), 2);
    for (List<Hypervector> codebook : codebooks) {
      Check.atLeast("vectors of a codebook", codebook.size(), 1);
      codebook.forEach(codebooks.get(0).get(0)::checkSameDim);
    }
    this.law = law;
    this.codebooks = codebooks.stream().map(List::copyOf).toList();
    dim = codebooks.get(0).get(0).dim();
    for (List<Hypervector> codebook : this.codebooks) {
      boolean negative = law == Binding.MODULAR_DIFFERENCE && !searched.isEmpty();
      searched.add(negative ? codebook.stream().map(Hypervector::negate).toList() : codebook);
    }
    if (law != Binding.PRODUCT) {
      searched.replaceAll(Resonator::withRotations);
    }
  }

  /** The vectors, then each with 1 added to all trits, then each with 1 taken from them. */
  private static List<Hypervector> withRotations(List<Hypervector> vectors) {
    int dim = vectors.get(0).dim();
    Hypervector zeros =
        new Hypervector(dim, new long[PackedTrits.words(dim)], new long[PackedTrits.words(dim)]);
    Hypervector minusOnes = zeros.against(zeros.plus);
    List<Hypervector> rotated = new ArrayList<>(vectors);
    vectors.forEach(v -> rotated.add(Binding.MODULAR.unbind(v, minusOnes)));
    vectors.forEach(v -> rotated.add(Binding.MODULAR.bind(v, minusOnes)));
    return rotated;
  }

  /** Looks for the factors of a product for at most so many rounds. */
  public Factors factor(Hypervector product, int maxIterations) {
    product.checkSameDim(codebooks.get(0).get(0));
    Check.atLeast("maxIterations", maxIterations, 1);
    List<Hypervector> estimates = new ArrayList<>();
    List<Integer> best = new ArrayList<>();
    for (int f = 0; f < searched.size(); f++) {
      int[] weights = new int[searched.get(f).size()];
      Arrays.fill(weights, 0, codebooks.get(f).size(), 1);
      estimates.add(superpose(searched.get(f), weights));
      best.add(0);
    }
    for (int round = 1; ; round++) {
      boolean changed = false;
      for (int f = 0; f < searched.size(); f++) {
        int[] similarities = similarities(searched.get(f), rest(product, estimates, f));
        Hypervector next = superpose(searched.get(f), similarities);
        changed |= !next.equals(estimates.set(f, next));
        best.set(f, largest(similarities) % codebooks.get(f).size());
      }
      Hypervector found = bind(best);
      boolean converged = !changed || found.equals(product);
      if (converged || round == maxIterations) {
        return new Factors(List.copyOf(best), converged, round, found.cosine(product));
      }
    }
  }

  /** The product without the estimates of all factors but one. */
  private Hypervector rest(Hypervector product, List<Hypervector> estimates, int factor) {
    Hypervector rest = product;
    for (int f = 0; f < estimates.size(); f++) {
      rest = f == factor ? rest : algebra().unbind(rest, estimates.get(f));
    }
    return rest;
  }

  private Binding algebra() {
    return law == Binding.PRODUCT ? Binding.PRODUCT : Binding.MODULAR;
  }

  private Hypervector bind(List<Integer> factors) {
    Hypervector bound = codebooks.get(0).get(factors.get(0));
    for (int f = 1; f < factors.size(); f++) {
      bound = law.bind(bound, codebooks.get(f).get(factors.get(f)));
    }
    return bound;
  }

  private int[] similarities(List<Hypervector> codebook, Hypervector vector) {
    int[] similarities = new int[codebook.size()];
    Workers.run(
        similarities.length,
        i ->
            similarities[i] =
                (int)
                    (law == Binding.PRODUCT
                        ? codebook.get(i).dot(vector)
                        : 2L * dim - 3 * codebook.get(i).differences(vector)));
    return similarities;
  }

  /**
   * The first place of the largest similarity; of its magnitude, as two signs cancel in a product.
   */
  private int largest(int[] similarities) {
    int largest = 0;
    for (int i = 1; i < similarities.length; i++) {
      if (strength(similarities[i]) > strength(similarities[largest])) {
        largest = i;
      }
    }
    return largest;
  }

  private long strength(int similarity) {
    return law == Binding.PRODUCT ? Math.abs((long) similarity) : similarity;
  }

  private Hypervector superpose(List<Hypervector> codebook, int[] weights) {
    return law == Binding.PRODUCT
        ? Hypervector.bundle(codebook, weights)
        : Bundle.plurality(codebook, weights);
  }
}
