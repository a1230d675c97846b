package io.tritter.ternary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BalancedTernaryTest {
  @Test
  void aTritAddsWithCarryAndMultipliesWithout() {
    for (Trit a : Trit.values()) {
      for (Trit b : Trit.values()) {
        for (Trit carry : Trit.values()) {
          Trit.Sum sum = a.add(b, carry);
          assertEquals(
              a.value() + b.value() + carry.value(), 3 * sum.carry().value() + sum.digit().value());
        }
        assertEquals(a.value() * b.value(), a.multiply(b).value());
      }
      assertEquals(-a.value(), a.negate().value());
      assertEquals(a, Trit.of(a.toString().charAt(0)));
    }
  }

  @Test
  void everyTryteIsTheSumOfItsTritsAndReadsBack() {
    for (int value = -13; value <= 13; value++) {
      Tryte t = Tryte.of(value);
      assertEquals(
          value, 9 * t.trit(2).value() + 3 * t.trit(1).value() + t.trit(0).value(), t.toString());
      assertEquals(t, Tryte.parse(t.toString()));
    }
    assertEquals("+0-", Tryte.of(8).toString());
    assertEquals("---", Tryte.MIN.toString());
  }

  @Test
  void tryteArithmeticIsThatOfLongOrAnError() {
    for (int a = -13; a <= 13; a++) {
      for (int b = -13; b <= 13; b++) {
        Tryte x = Tryte.of(a);
        Tryte y = Tryte.of(b);
        assertResult("sum", (long) a + b, () -> x.add(y).toLong());
        assertResult("difference", (long) a - b, () -> x.subtract(y).toLong());
        assertResult("product", (long) a * b, () -> x.multiply(y).toLong());
        assertEquals(Integer.signum(Integer.compare(a, b)), Integer.signum(x.compareTo(y)));
      }
    }
  }

  @Test
  void aRippleOfTritsIsWordAddition() {
    for (int a = -364; a <= 364; a += 7) {
      for (int b = -364; b <= 364; b++) {
        Trit carry = Trit.ZERO;
        StringBuilder digits = new StringBuilder();
        for (int place = 0; place < Word.TRITS; place++) {
          Trit.Sum sum = Word.of(a).trit(place).add(Word.of(b).trit(place), carry);
          digits.insert(0, sum.digit());
          carry = sum.carry();
        }
        if (carry == Trit.ZERO) {
          assertEquals(Word.of(a).add(Word.of(b)), Word.parse(digits.toString()));
        } else {
          Word x = Word.of(a);
          Word y = Word.of(b);
          assertThrows(ArithmeticException.class, () -> x.add(y));
        }
      }
    }
  }

  @Test
  void aWordIsTwoTrytesAndShiftsByPowersOfThree() {
    for (int value = -364; value <= 364; value++) {
      Word w = Word.of(value);
      assertEquals(w, Word.of(w.high(), w.low()));
      assertEquals(w, Word.parse(w.high().toString() + w.low()));
      for (int places = -8; places < 0; places++) {
        assertEquals(Math.round(value / Math.pow(3, -places)), w.shift(places).toLong());
      }
      for (int places = 0; places < 8; places++) {
        long shifted = value * Math.round(Math.pow(3, places));
        if (Math.abs(shifted) <= 364) {
          assertEquals(shifted, w.shift(places).toLong());
        } else {
          int by = places;
          assertThrows(ArithmeticException.class, () -> w.shift(by));
        }
      }
    }
  }

  @Test
  void whatDoesNotFitIsReported() {
    assertError("tryte: expected -13 to 13, got 14", () -> Tryte.of(14));
    assertError("word: expected -364 to 364, got -365", () -> Word.of(-365));
    assertError("word: expected -364 to 364, got 4294967296", () -> Word.of(1L << 32));
    assertError("sum: expected -364 to 364, got 365", () -> Word.MAX.add(Word.of(1)));
    assertError("product: expected -13 to 13, got 169", () -> Tryte.MAX.multiply(Tryte.MAX));
    assertRefused("trit: expected -1, 0 or 1, got 2", () -> Trit.of(2));
    assertRefused("trit: expected one of + 0 -, got '1'", () -> Tryte.parse("+01"));
    assertRefused("word: expected 6 characters, got '+0-'", () -> Word.parse("+0-"));
    assertRefused("place: expected 0 to 2, got 3", () -> Tryte.ZERO.trit(3));
  }

  private static void assertResult(String what, long expected, LongSupplier call) {
    if (Math.abs(expected) <= 13) {
      assertEquals(expected, call.getAsLong());
    } else {
      assertError(what + ": expected -13 to 13, got " + expected, call::getAsLong);
    }
  }

  private static void assertError(String message, Executable call) {
    assertEquals(message, assertThrows(ArithmeticException.class, call).getMessage());
  }

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
