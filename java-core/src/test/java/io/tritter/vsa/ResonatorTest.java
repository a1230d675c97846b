package io.tritter.vsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResonatorTest {
  private static final int DIM = 4096;

  @ParameterizedTest
  @EnumSource(Binding.class)
  void theFactorsOfAProductAreFoundAmongThousandsOfCombinations(Binding law) {
    List<List<Hypervector>> codebooks = codebooks(3, 16); // 4096 combinations
    Resonator resonator = new Resonator(law, codebooks);
    for (int trial = 0; trial < 5; trial++) {
      List<Integer> factors = List.of(3 * trial, (7 * trial + 2) % 16, 15 - trial);
      Resonator.Factors found = resonator.factor(product(law, codebooks, factors), 100);
      assertEquals(factors, found.factors());
      assertTrue(found.converged());
      assertEquals(1, found.cosine(), 1e-12);
    }
  }

  @ParameterizedTest
  @EnumSource(Binding.class)
  void aNoisyProductHasTheSameFactors(Binding law) {
    List<List<Hypervector>> codebooks = codebooks(2, 20);
    List<Integer> factors = List.of(4, 17);
    Hypervector product = product(law, codebooks, factors);
    Hypervector noisy =
        Hypervector.bundle(
            List.of(product, Hypervector.random(DIM, 900), Hypervector.random(DIM, 901)));
    Resonator.Factors found = new Resonator(law, codebooks).factor(noisy, 100);
    assertEquals(factors, found.factors());
    assertEquals(noisy.cosine(product), found.cosine());
  }

  @Test
  void whatHasNoFactorsEndsAtTheLimitAndSaysSo() {
    Resonator resonator = new Resonator(Binding.MODULAR, codebooks(3, 16));
    Resonator.Factors found = resonator.factor(Hypervector.random(DIM, 5), 7);
    assertFalse(found.converged());
    assertEquals(7, found.iterations());
    assertTrue(Math.abs(found.cosine()) < 0.1);
    assertEquals(found, resonator.factor(Hypervector.random(DIM, 5), 7));
  }

  @Test
  void wrongCodebooksAreRefused() {
    for (List<List<Hypervector>> wrong :
        List.of(codebooks(1, 4), List.of(codebooks(1, 4).get(0), List.<Hypervector>of()))) {
      assertThrows(IllegalArgumentException.class, () -> new Resonator(Binding.PRODUCT, wrong));
    }
    Resonator resonator = new Resonator(Binding.PRODUCT, codebooks(2, 4));
    assertThrows(
        IllegalArgumentException.class, () -> resonator.factor(Hypervector.random(64, 1), 10));
    assertThrows(
        IllegalArgumentException.class, () -> resonator.factor(Hypervector.random(DIM, 1), 0));
  }

  private static List<List<Hypervector>> codebooks(int count, int size) {
    List<List<Hypervector>> codebooks = new ArrayList<>();
    for (int f = 0; f < count; f++) {
      List<Hypervector> codebook = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        codebook.add(Hypervector.random(DIM, 1000L * f + i));
      }
      codebooks.add(codebook);
    }
    return codebooks;
  }

  private static Hypervector product(
      Binding law, List<List<Hypervector>> codebooks, List<Integer> factors) {
    Hypervector product = codebooks.get(0).get(factors.get(0));
    for (int f = 1; f < factors.size(); f++) {
      product = law.bind(product, codebooks.get(f).get(factors.get(f)));
    }
    return product;
  }
}
