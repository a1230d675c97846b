package io.tritter.ternary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparseTritsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 63, 64, 65, 207, 1021, 20_000})
  void bothFormsGiveTheSameNumbers(int size) {
    for (int zerosOf100 : new int[] {0, 50, 95, 100}) {
      PackedTrits a = random(size, zerosOf100, 1);
      PackedTrits b = random(size, 80, 2);
      SparseTrits x = a.sparse();
      SparseTrits y = b.sparse();
      assertEquals(a, x.packed());
      assertEquals(a.nonZeros(), x.nonZeros());
      assertEquals(a.sparsity(), x.sparsity());
      for (Trits left : new Trits[] {a, x}) {
        for (Trits right : new Trits[] {b, y}) {
          assertEquals(a.dot(b), left.dot(right));
          assertEquals(a.dot(b), right.dot(left));
          assertEquals(a.cosine(b), left.cosine(right));
        }
      }
      for (int i = 0; i < size; i += 7) {
        assertEquals(a.get(i), x.get(i));
      }
    }
  }

  @Test
  void theSparseFormIsChosenAboveNinetyPercentZeros() {
    byte[] trits = new byte[100];
    for (int i = 0; i < 9; i++) {
      trits[11 * i] = (byte) (i % 2 == 0 ? 1 : -1);
    }
    SparseTrits sparse = assertInstanceOf(SparseTrits.class, Trits.of(PackedTrits.of(trits)));
    assertEquals("SparseTrits[100, 9 not zero]", sparse.toString());
    assertArrayEquals(new int[] {0, 22, 44, 66, 88}, sparse.plus());
    assertArrayEquals(new int[] {11, 33, 55, 77}, sparse.minus());
    trits[1] = 1; // 90 %, not above
    assertInstanceOf(PackedTrits.class, Trits.of(PackedTrits.of(trits)));
  }

  @Test
  void wrongIndicesAreRefused() {
    assertMessage(
        "plus: expected indices that ascend from 4 to 9, got 3",
        () -> SparseTrits.ofIndices(10, new int[] {3, 3}, new int[0]));
    assertMessage(
        "minus: expected indices that ascend from 0 to 9, got 10",
        () -> SparseTrits.ofIndices(10, new int[0], new int[] {10}));
    assertMessage(
        "minus: expected no index of plus, got 7",
        () -> SparseTrits.ofIndices(10, new int[] {2, 7}, new int[] {7}));
    assertMessage(
        "other: expected 10 trits, got 11",
        () ->
            SparseTrits.ofIndices(10, new int[] {2}, new int[0]).dot(PackedTrits.of(new byte[11])));
    assertMessage(
        "index: expected 0 to 9, got 10",
        () -> SparseTrits.ofIndices(10, new int[0], new int[0]).get(10));
  }

  private static PackedTrits random(int size, int zerosOf100, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 100 + zerosOf100);
    byte[] trits = new byte[size];
    for (int i = 0; i < size; i++) {
      trits[i] = (byte) (random.nextInt(100) < zerosOf100 ? 0 : 1 - 2 * random.nextInt(2));
    }
    return PackedTrits.of(trits);
  }

  private static void assertMessage(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
