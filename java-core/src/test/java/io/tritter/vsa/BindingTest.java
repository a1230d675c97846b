package io.tritter.vsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.ternary.PackedTrits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindingTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void unbindUndoesBind(int dim) {
    Hypervector a = Hypervector.random(dim, 1);
    Hypervector b = Hypervector.random(dim, 2);
    for (Binding law : new Binding[] {Binding.MODULAR, Binding.MODULAR_DIFFERENCE}) {
      assertEquals(a, law.unbind(law.bind(a, b), b), law.name());
    }
    Hypervector dense = withoutZeros(b);
    assertEquals(a, Binding.PRODUCT.unbind(Binding.PRODUCT.bind(a, dense), dense));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 17, 64, 207, 1021})
  void modularAndProductAreCommutativeAndAssociative(int dim) {
    Hypervector a = Hypervector.random(dim, 3);
    Hypervector b = Hypervector.random(dim, 4);
    Hypervector c = Hypervector.random(dim, 5);
    for (Binding law : new Binding[] {Binding.MODULAR, Binding.PRODUCT}) {
      assertEquals(law.bind(a, b), law.bind(b, a), law.name());
      assertEquals(law.bind(law.bind(a, b), c), law.bind(a, law.bind(b, c)), law.name());
    }
  }

  @ParameterizedTest
  @EnumSource(Binding.class)
  void everyLawIsItsArithmetic(Binding law) {
    Hypervector a = Hypervector.random(207, 6);
    Hypervector b = Hypervector.random(207, 7);
    PackedTrits bound = law.bind(a, b).trits();
    PackedTrits unbound = law.unbind(a, b).trits();
    for (int i = 0; i < 207; i++) {
      int x = a.trits().get(i);
      int y = b.trits().get(i);
      int sum = Math.floorMod(x + y + 1, 3) - 1;
      int difference = Math.floorMod(x - y + 1, 3) - 1;
      switch (law) {
        case MODULAR -> assertTrits(sum, difference, bound.get(i), unbound.get(i));
        case PRODUCT -> assertTrits(x * y, x * y, bound.get(i), unbound.get(i));
        case MODULAR_DIFFERENCE -> assertTrits(difference, sum, bound.get(i), unbound.get(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Binding.class)
  void aBoundPairResemblesNeitherPart(Binding law) {
    int dim = 10_001;
    Hypervector a = Hypervector.random(dim, 8);
    Hypervector b = Hypervector.random(dim, 9);
    Hypervector bound = law.bind(a, b);
    // Four standard deviations of the cosine of independent vectors of about dim * 4/9 non-zeros.
    double bound4Sigma = 4 / Math.sqrt(dim * 4 / 9.0);
    assertEquals(0, bound.cosine(a), bound4Sigma);
    assertEquals(0, bound.cosine(b), bound4Sigma);
    assertNotEquals(a, bound);
  }

  @Test
  void namesAreFoundInAnyCase() {
    assertEquals(Binding.MODULAR, Binding.named("modular"));
    assertEquals(Binding.PRODUCT, Binding.named("Product"));
    assertEquals(Binding.MODULAR_DIFFERENCE, Binding.named("MODULAR_DIFFERENCE"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Binding.named("xor"));
    assertEquals(
        "binding: expected one of [modular, product, modular_difference], got 'xor'",
        e.getMessage());
  }

  @ParameterizedTest
  @EnumSource(Binding.class)
  void differentDimensionsAreRefused(Binding law) {
    Hypervector a = Hypervector.random(64, 1);
    Hypervector b = Hypervector.random(63, 1);
    for (IllegalArgumentException e :
        new IllegalArgumentException[] {
          assertThrows(IllegalArgumentException.class, () -> law.bind(a, b)),
          assertThrows(IllegalArgumentException.class, () -> law.unbind(a, b))
        }) {
      assertEquals("hypervectors: expected one dimension, got 64 and 63", e.getMessage());
    }
  }

  private static void assertTrits(int bound, int unbound, int actualBound, int actualUnbound) {
    assertEquals(bound, actualBound);
    assertEquals(unbound, actualUnbound);
  }

  private static Hypervector withoutZeros(Hypervector v) {
    byte[] trits = v.trits().toInt8();
    for (int i = 0; i < trits.length; i++) {
      trits[i] = trits[i] == 0 ? 1 : trits[i];
    }
    return Hypervector.of(PackedTrits.of(trits));
  }
}
