package io.tritter.ternary;

/**
 * A balanced-ternary integer of 6 trits, -364 to 364: {@code 27 * high + low} of two trytes.
 *
 * <p>A result that 6 trits cannot hold is an {@link ArithmeticException}, never cut or clamped.
 */
public record Word(int value) implements Comparable<Word> {
  /** Number of trits. */
  public static final int TRITS = 6;

  public static final Word MIN = new Word(-364);
  public static final Word ZERO = new Word(0);
  public static final Word MAX = new Word(364);

  public Word {
    BalancedTernary.fit("word", value, TRITS);
  }

  /**
   * The word of a number.
   *
   * @throws ArithmeticException outside -364 to 364
   */
  public static Word of(long value) {
    return new Word(BalancedTernary.fit("word", value, TRITS));
  }

  /** Reads 6 characters of + 0 -, the highest trit first, such as {@code +0-00+}. */
  public static Word parse(String text) {
    return new Word(BalancedTernary.parse("word", text, TRITS));
  }

  /** {@code 27 * high + low}; always fits. */
  public static Word of(Tryte high, Tryte low) {
    return new Word(27 * high.value() + low.value());
  }

  /** The upper three trits. */
  public Tryte high() {
    return new Tryte((int) BalancedTernary.shift(value, -Tryte.TRITS));
  }

  /** The lower three trits. */
  public Tryte low() {
    return new Tryte(value - 27 * high().value());
  }

  /** The trit of {@code 3^place}, place 0 to 5. */
  public Trit trit(int place) {
    return BalancedTernary.trit(value, place, TRITS);
  }

  /** {@code this + other}. */
  public Word add(Word other) {
    return result("sum", (long) value + other.value);
  }

  /** {@code this - other}. */
  public Word subtract(Word other) {
    return result("difference", (long) value - other.value);
  }

  /** {@code this * other}. */
  public Word multiply(Word other) {
    return result("product", (long) value * other.value);
  }

  /** {@code -this}, every trit negated; always fits. */
  public Word negate() {
    return new Word(-value);
  }

  /**
   * {@code this * 3^places}. Negative places drop low trits, which gives the nearest integer; all
   * of them leave 0.
   */
  public Word shift(int places) {
    return result("shift", BalancedTernary.shift(value, places));
  }

  /** The number. */
  public long toLong() {
    return value;
  }

  private static Word result(String what, long value) {
    return new Word(BalancedTernary.fit(what, value, TRITS));
  }

  @Override
  public int compareTo(Word other) {
    return Integer.compare(value, other.value);
  }

  /** The trits as + 0 -, the highest first. */
  @Override
  public String toString() {
    return BalancedTernary.print(value, TRITS);
  }
}
