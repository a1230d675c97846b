package io.tritter.ternary;

/**
 * A balanced-ternary integer of 3 trits, -13 to 13: {@code 9 * trit[2] + 3 * trit[1] + trit[0]}.
 *
 * <p>A result that 3 trits cannot hold is an {@link ArithmeticException}, never cut or clamped.
 */
public record Tryte(int value) implements Comparable<Tryte> {
  /** Number of trits. */
  public static final int TRITS = 3;

  public static final Tryte MIN = new Tryte(-13);
  public static final Tryte ZERO = new Tryte(0);
  public static final Tryte MAX = new Tryte(13);

  public Tryte {
    BalancedTernary.fit("tryte", value, TRITS);
  }

  /**
   * The tryte of a number.
   *
   * @throws ArithmeticException outside -13 to 13
   */
  public static Tryte of(long value) {
    return new Tryte(BalancedTernary.fit("tryte", value, TRITS));
  }

  /** Reads 3 characters of + 0 -, the highest trit first, such as {@code +0-}. */
  public static Tryte parse(String text) {
    return new Tryte(BalancedTernary.parse("tryte", text, TRITS));
  }

  /** The trit of {@code 3^place}, place 0 to 2. */
  public Trit trit(int place) {
    return BalancedTernary.trit(value, place, TRITS);
  }

  /** {@code this + other}. */
  public Tryte add(Tryte other) {
    return result("sum", (long) value + other.value);
  }

  /** {@code this - other}. */
  public Tryte subtract(Tryte other) {
    return result("difference", (long) value - other.value);
  }

  /** {@code this * other}. */
  public Tryte multiply(Tryte other) {
    return result("product", (long) value * other.value);
  }

  /** {@code -this}, every trit negated; always fits. */
  public Tryte negate() {
    return new Tryte(-value);
  }

  /**
   * {@code this * 3^places}. Negative places drop low trits, which gives the nearest integer; all
   * of them leave 0.
   */
  public Tryte shift(int places) {
    return result("shift", BalancedTernary.shift(value, places));
  }

  /** The number. */
  public long toLong() {
    return value;
  }

  private static Tryte result(String what, long value) {
    return new Tryte(BalancedTernary.fit(what, value, TRITS));
  }

  @Override
  public int compareTo(Tryte other) {
    return Integer.compare(value, other.value);
  }

  /** The trits as + 0 -, the highest first. */
  @Override
  public String toString() {
    return BalancedTernary.print(value, TRITS);
  }
}
