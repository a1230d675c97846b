package io.tritter.kernel;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The ways to multiply by ternary weights; they agree bit for bit.
 *
 * <p>{@link #choose} picks one from the backend, the shape and the share of zeros; the property
 * {@value #PROPERTY} forces one. docs/kernels.md says when each wins.
 */
public enum TernaryLevel {
  /** Popcounts of activation planes against two weight planes, row by row: the definition. */
  BASIC,

  /** {@link #BASIC} in tiles whose planes stay in the cache, on all threads. */
  TILED,

  /** The layout and the products of the backend; on the scalar one a plain sum. */
  VECTORIZED,

  /** Lists of what is not zero. */
  SPARSE;

  /** Property that forces a level for all weights that are prepared from then on. */
  public static final String PROPERTY = "tritter.ternary";

  /** Weights below which lists are not worth their memory: a product is over in microseconds. */
  private static final long SPARSE_WEIGHTS = 1 << 12;

  /** The level that the property forces, or the fastest for such weights. */
  public static TernaryLevel choose(Kernels kernels, int rows, int cols, double zeros) {
    TernaryLevel forced = parse(System.getProperty(PROPERTY));
    if (forced != null) {
      return forced;
    }
    if (zeros >= kernels.sparseFrom() && (long) rows * cols >= SPARSE_WEIGHTS) {
      return SPARSE;
    }
    return kernels.name().equals(ScalarKernels.NAME) ? TILED : VECTORIZED;
  }

  /** One line for {@code tritter info}: which level is chosen when. */
  public static String rule(Kernels kernels) {
    TernaryLevel forced = parse(System.getProperty(PROPERTY));
    if (forced != null) {
      return forced + " (property " + PROPERTY + ")";
    }
    return "%s; %s from %.0f %% zeros (property %s)"
        .formatted(choose(kernels, 1, 1, 0), SPARSE, 100 * kernels.sparseFrom(), PROPERTY);
  }

  /** The level of a name in any case; null or an empty name is none. */
  static @Nullable TernaryLevel parse(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return null;
    }
    for (TernaryLevel level : values()) {
      if (level.name().equals(name.toUpperCase(Locale.ROOT))) {
        return level;
      }
    }
    throw new IllegalArgumentException(
        PROPERTY
            + ": expected one of "
            + Arrays.toString(values()).toLowerCase(Locale.ROOT)
            + ", got "
            + name);
  }
}
