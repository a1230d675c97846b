package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A Kronecker product of two small matrices; see {@link Lokr}.
 *
 * @param r the rank of a factor that is large enough to be a product itself
 * @param alpha the delta is times {@code alpha / r}
 * @param decomposeBoth whether the first factor may be a product
 * @param decomposeFactor rows and columns of the first factor, as far as they divide; -1: as near
 *     to a root as possible
 */
public record LokrConfig(
    int r, double alpha, boolean decomposeBoth, int decomposeFactor, TargetModules targetModules)
    implements LinearAdapterConfig {
  public LokrConfig {
    Check.atLeast("r", r, 1);
    Check.positive("alpha", alpha);
    if (decomposeFactor != -1) {
      Check.atLeast("decompose_factor", decomposeFactor, 1);
    }
  }

  /** With factors that are as near to square roots as possible. */
  public static LokrConfig of(int r, double alpha, TargetModules targetModules) {
    return new LokrConfig(r, alpha, false, -1, targetModules);
  }

  @Override
  public Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random) {
    Map<String, LinearAdapter> adapters = new LinkedHashMap<>();
    layers.forEach(
        (layer, base) -> {
          int b = smallerDivisor(base.inFeatures());
          int d = base.inFeatures() / b;
          int a = smallerDivisor(base.outFeatures());
          int c = base.outFeatures() / a;
          boolean whole1 = !(decomposeBoth && 2 * r < Math.max(a, b));
          boolean whole2 = 2 * r >= Math.max(c, d);
          Factored.Start first = Factored.Start.of(random, a, b, r, whole1, true);
          Factored.Start second = Factored.Start.of(random, c, d, r, whole2, false);
          adapters.put(layer, new Lokr(layer, name, first, second, (float) (alpha / r)));
        });
    return adapters;
  }

  /** The divisor that {@link #decomposeFactor} asks for, as PEFT finds it. */
  int smallerDivisor(int dimension) {
    if (decomposeFactor > 0 && dimension % decomposeFactor == 0) {
      return decomposeFactor;
    }
    int most = decomposeFactor == -1 ? dimension : decomposeFactor;
    int m = 1;
    int n = dimension;
    int length = m + n;
    while (m < n) {
      int next = m + 1;
      while (dimension % next != 0) {
        next++;
      }
      if (next + dimension / next > length || next > most) {
        break;
      }
      m = next;
      n = dimension / next;
    }
    return Math.min(m, n);
  }
}
