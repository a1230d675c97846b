package io.tritter.vsa;

import io.tritter.kernel.Workers;
import io.tritter.tensor.Check;
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
 * sum. {@link Binding#MODULAR_DIFFERENCE}, {@code x_1 - x_2 - ...}, is MODULAR with negated
 * codebooks behind the first.
 */
public final class Resonator {
  private final Binding law;
  private final List<List<Hypervector>> codebooks;
  private final List<List<Hypervector>> signed;

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
    signed = new ArrayList<>(this.codebooks);
    if (law == Binding.MODULAR_DIFFERENCE) {
      for (int f = 1; f < signed.size(); f++) {
        signed.set(f, signed.get(f).stream().map(Hypervector::negate).toList());
      }
    }
  }

  /** Looks for the factors of a product for at most so many rounds. */
  public Factors factor(Hypervector product, int maxIterations) {
    product.checkSameDim(signed.get(0).get(0));
    Check.atLeast("maxIterations", maxIterations, 1);
    List<Hypervector> estimates = new ArrayList<>();
    List<Integer> best = new ArrayList<>();
    for (List<Hypervector> codebook : signed) {
      int[] ones = new int[codebook.size()];
      Arrays.fill(ones, 1);
      estimates.add(superpose(codebook, ones));
      best.add(0);
    }
    for (int round = 1; ; round++) {
      boolean changed = false;
      for (int f = 0; f < signed.size(); f++) {
        int[] similarities = similarities(signed.get(f), rest(product, estimates, f));
        Hypervector next = superpose(signed.get(f), similarities);
        changed |= !next.equals(estimates.set(f, next));
        best.set(f, largest(similarities));
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
                        : 2L * vector.dim() - 3 * codebook.get(i).differences(vector)));
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
