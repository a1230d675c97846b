package io.tritter.ternary;

import io.tritter.tensor.Check;

/** What {@link Tryte} and {@link Word} share: numbers as sums of {@code trit[i] * 3^i}. */
final class BalancedTernary {
  /** Shifts by this and more leave nothing, or do not fit. */
  private static final int FAR = 20;

  private BalancedTernary() {}

  /** {@code (3^trits - 1) / 2}, the largest number of so many trits. */
  static int max(int trits) {
    return (int) (power(trits) - 1) / 2;
  }

  /** The number itself, if so many trits can hold it. */
  static int fit(String what, long value, int trits) {
    int max = max(trits);
    if (value < -max || value > max) {
      throw new ArithmeticException(
          "%s: expected -%d to %d, got %d".formatted(what, max, max, value));
    }
    return (int) value;
  }

  static Trit trit(int value, int place, int trits) {
    if (place < 0 || place >= trits) {
      throw Check.expected("place", "0 to " + (trits - 1), place);
    }
    return Trit.of(Math.floorMod(withoutLow(value, place) + 1, 3) - 1);
  }

  /** {@code value * 3^places}; for negative places the nearest integer, which drops low trits. */
  static long shift(int value, int places) {
    if (places >= 0) {
      return value * power(Math.min(places, FAR));
    }
    return withoutLow(value, Math.min(-places, FAR));
  }

  static int parse(String what, String text, int trits) {
    if (text.length() != trits) {
      throw Check.expected(what, trits + " characters", "'" + text + "'");
    }
    int value = 0;
    for (int i = 0; i < trits; i++) {
      value = 3 * value + Trit.of(text.charAt(i)).value();
    }
    return value;
  }

  static String print(int value, int trits) {
    StringBuilder text = new StringBuilder(trits);
    for (int place = trits - 1; place >= 0; place--) {
      text.append(trit(value, place, trits));
    }
    return text.toString();
  }

  /** Without the low trits what is left is the quotient rounded to the nearest; no ties arise. */
  private static int withoutLow(int value, int places) {
    long power = power(places);
    return (int) Math.floorDiv(value + power / 2, power);
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 3;
    }
    return power;
  }
}
