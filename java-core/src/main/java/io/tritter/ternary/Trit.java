package io.tritter.ternary;

import io.tritter.tensor.Check;

/** A digit of balanced ternary: -1, 0 or +1. */
public enum Trit {
  MINUS(-1, "-"),
  ZERO(0, "0"),
  PLUS(1, "+");

  private final int value;
  private final String symbol;

  Trit(int value, String symbol) {
    this.value = value;
    this.symbol = symbol;
  }

  /** A sum of trits: {@code 3 * carry + digit}. */
  public record Sum(Trit digit, Trit carry) {}

  /**
   * The trit of a number.
   *
   * @throws IllegalArgumentException for another number than -1, 0, +1
   */
  public static Trit of(int value) {
    return switch (value) {
      case -1 -> MINUS;
      case 0 -> ZERO;
      case 1 -> PLUS;
      default -> throw Check.expected("trit", "-1, 0 or 1", value);
    };
  }

  /**
   * The trit of a character.
   *
   * @throws IllegalArgumentException for another character than +, 0 and -
   */
  public static Trit of(char symbol) {
    return switch (symbol) {
      case '-' -> MINUS;
      case '0' -> ZERO;
      case '+' -> PLUS;
      default -> throw Check.expected("trit", "one of + 0 -", "'" + symbol + "'");
    };
  }

  /** -1, 0 or 1. */
  public int value() {
    return value;
  }

  /** {@code this + other + carry = 3 * sum.carry + sum.digit}: a full adder. */
  public Sum add(Trit other, Trit carry) {
    int sum = value + other.value + carry.value;
    int digit = Math.floorMod(sum + 1, 3) - 1;
    return new Sum(of(digit), of((sum - digit) / 3));
  }

  /** {@code this * other}, which never carries. */
  public Trit multiply(Trit other) {
    return of(value * other.value);
  }

  /** {@code -this}. */
  public Trit negate() {
    return of(-value);
  }

  /** {@code +}, {@code 0} or {@code -}. */
  @Override
  public String toString() {
    return symbol;
  }
}
