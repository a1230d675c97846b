package io.tritter.vsa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.ternary.PackedTrits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HypervectorTest {
  @Test
  void theGeneratorGivesTheSameTritsEverywhere() {
    // The first trits of seed 42, written down once; any change of the generator breaks stored
    // data.
    byte[] expected = {
      -1, 0, 0, 0, -1, 0, -1, 0, 0, 1, 0, 0, 1, 1, -1, 0, 0, -1, 0, 0, 0, -1, 0, -1
    };
    assertArrayEquals(expected, Hypervector.random(24, 42).trits().toInt8());
  }

  @Test
  void theThreeValuesAreEquallyLikelyAndNeighboursIndependent() {
    int dim = 300_000;
    byte[] trits = Hypervector.random(dim, 5).trits().toInt8();
    int[] pairs = new int[9];
    for (int i = 0; i + 1 < dim; i++) {
      pairs[(trits[i] + 1) * 3 + trits[i + 1] + 1]++;
    }
    double expected = (dim - 1) / 9.0;
    double chiSquare = 0;
    for (int count : pairs) {
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    // 99.9 % point of chi-square with 8 degrees of freedom.
    assertTrue(chiSquare < 26.1, () -> Arrays.toString(pairs));
  }

  @Test
  void aSmallerRandomVectorIsTheBeginningOfALargerOne() {
    byte[] large = Hypervector.random(1021, 7).trits().toInt8();
    for (int dim : new int[] {1, 63, 64, 65, 207}) {
      byte[] small = Hypervector.random(dim, 7).trits().toInt8();
      assertArrayEquals(Arrays.copyOf(large, dim), small, "dim " + dim);
    }
    assertNotEquals(Hypervector.random(64, 7), Hypervector.random(64, 8));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 128, 207, 1021})
  void permuteShiftsCyclicallyAndItsOppositeUndoesIt(int dim) {
    Hypervector v = Hypervector.random(dim, dim);
    byte[] trits = v.trits().toInt8();
    for (int shift : new int[] {0, 1, -1, 63, 64, 65, dim - 1, dim, -dim, 1000, -777}) {
      byte[] shifted = new byte[dim];
      for (int i = 0; i < dim; i++) {
        shifted[Math.floorMod(i + shift, dim)] = trits[i];
      }
      Hypervector permuted = v.permute(shift);
      assertArrayEquals(shifted, permuted.trits().toInt8(), "shift " + shift);
      assertEquals(v, permuted.permute(-shift), "shift " + shift);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 8, 33})
  void aBundleIsTheSignOfTheVotes(int count) {
    int dim = 207;
    List<Hypervector> vectors = randoms(dim, count);
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      weights[i] = 0.25f * (i % 5) - 0.5f;
    }
    byte[] votes = Hypervector.bundle(vectors).trits().toInt8();
    byte[] weighted = Hypervector.bundle(vectors, weights).trits().toInt8();
    for (int i = 0; i < dim; i++) {
      int sum = 0;
      double weightedSum = 0;
      for (int v = 0; v < count; v++) {
        sum += vectors.get(v).trits().get(i);
        weightedSum += weights[v] * vectors.get(v).trits().get(i);
      }
      assertEquals(Integer.signum(sum), votes[i], "trit " + i);
      assertEquals(Math.signum(weightedSum), weighted[i], "weighted trit " + i);
    }
  }

  @Test
  void aBundleResemblesEachOfItsParts() {
    List<Hypervector> vectors = randoms(10_000, 5);
    Hypervector bundle = Hypervector.bundle(vectors);
    Hypervector stranger = Hypervector.random(10_000, 999);
    for (Hypervector v : vectors) {
      assertTrue(bundle.cosine(v) > 0.3);
    }
    assertTrue(Math.abs(bundle.cosine(stranger)) < 0.06);
  }

  @Test
  void similaritiesAreThoseOfTheNumbers() {
    Hypervector a = Hypervector.of(PackedTrits.of(new byte[] {1, 1, -1, 0, 0}));
    Hypervector b = Hypervector.of(PackedTrits.of(new byte[] {1, -1, -1, 0, 1}));
    assertEquals(1, a.dot(b));
    assertEquals(1 / Math.sqrt(3 * 4), a.cosine(b), 1e-15);
    assertEquals(2 / 5.0, a.hamming(b));
    assertEquals(1, a.cosine(a), 1e-15);
    assertEquals(-1, a.cosine(a.negate()), 1e-15);
    assertEquals(0, a.hamming(a));
    assertEquals(0, a.cosine(Hypervector.of(PackedTrits.of(new byte[5]))));
  }

  @Test
  void wrongArgumentsAreRefused() {
    Hypervector a = Hypervector.random(5, 1);
    Hypervector b = Hypervector.random(6, 1);
    assertMessage("dim: expected at least 1, got 0", () -> Hypervector.random(0, 1));
    assertMessage("vectors: expected at least 1, got 0", () -> Hypervector.bundle(List.of()));
    assertMessage(
        "hypervectors: expected one dimension, got 5 and 6",
        () -> Hypervector.bundle(List.of(a, b)));
    assertMessage(
        "weights: expected 1 numbers, got 2",
        () -> Hypervector.bundle(List.of(a), new float[] {1, 2}));
    assertMessage(
        "weights: expected finite numbers, got NaN at 0",
        () -> Hypervector.bundle(List.of(a), new float[] {Float.NaN}));
    assertMessage("hypervectors: expected one dimension, got 5 and 6", () -> a.dot(b));
    assertMessage("hypervectors: expected one dimension, got 5 and 6", () -> a.hamming(b));
  }

  private static List<Hypervector> randoms(int dim, int count) {
    List<Hypervector> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      vectors.add(Hypervector.random(dim, 100 + i));
    }
    return vectors;
  }

  private static void assertMessage(String message, Executable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
  }
}
