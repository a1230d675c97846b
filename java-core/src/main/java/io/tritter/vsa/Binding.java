package io.tritter.vsa;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import java.util.Arrays;
import java.util.Locale;

/**
 * A law that joins two hypervectors into one that resembles neither, and takes them apart again;
 * every law works trit by trit.
 */
public enum Binding {
  /**
   * {@code bind = a + b}, {@code unbind = a - b}, both modulo 3 and mapped to -1, 0, +1:
   * commutative, associative, and exactly invertible where trits are 0 too.
   */
  MODULAR,

  /**
   * {@code bind = unbind = a * b}: its own inverse where {@code b} is not 0 (Gayler, 1998: MAP).
   */
  PRODUCT,

  /**
   * {@code bind = a - b}, {@code unbind = a + b} modulo 3: {@link #MODULAR} with the two exchanged,
   * not commutative; for data made by trit-vsa.
   */
  MODULAR_DIFFERENCE;

  /**
   * The law of a name in any case, such as {@code modular_difference}.
   *
   * @throws IllegalArgumentException for an unknown name; the message has the known ones
   */
  public static Binding named(String name) {
    for (Binding law : values()) {
      if (law.name().equals(name.toUpperCase(Locale.ROOT))) {
        return law;
      }
    }
    String known = Arrays.toString(values()).toLowerCase(Locale.ROOT);
    throw Check.expected("binding", "one of " + known, "'" + name + "'");
  }

  /** Binds two hypervectors of the same dimension. */
  public Hypervector bind(Hypervector a, Hypervector b) {
    a.checkSameDim(b);
    return switch (this) {
      case MODULAR -> sum(a, b.plus, b.minus);
      case PRODUCT -> product(a, b);
      case MODULAR_DIFFERENCE -> sum(a, b.minus, b.plus);
    };
  }

  /** {@code a} with {@code unbind(bind(a, b), b)}; for {@link #PRODUCT} where b is not 0. */
  public Hypervector unbind(Hypervector bound, Hypervector b) {
    bound.checkSameDim(b);
    return switch (this) {
      case MODULAR -> sum(bound, b.minus, b.plus);
      case PRODUCT -> product(bound, b);
      case MODULAR_DIFFERENCE -> sum(bound, b.plus, b.minus);
    };
  }

  private static Hypervector sum(Hypervector a, long[] bPlus, long[] bMinus) {
    long[] plus = new long[bPlus.length];
    long[] minus = new long[bPlus.length];
    Kernels.active().tritAdd(a.plus, a.minus, bPlus, bMinus, plus, minus);
    return new Hypervector(a.dim(), plus, minus);
  }

  private static Hypervector product(Hypervector a, Hypervector b) {
    long[] plus = new long[a.plus.length];
    long[] minus = new long[a.plus.length];
    Kernels.active().tritMultiply(a.plus, a.minus, b.plus, b.minus, plus, minus);
    return new Hypervector(a.dim(), plus, minus);
  }
}
