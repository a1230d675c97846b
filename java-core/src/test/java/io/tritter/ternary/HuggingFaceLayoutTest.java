package io.tritter.ternary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuggingFaceLayoutTest {
  @Test
  void rowsStandInBitPairsOfByteRowsAsTritPlusOne() {
    // 5 rows: byte row 0 holds rows 0, 2, 4; byte row 1 holds rows 1, 3.
    TritMatrix m = TritMatrix.pack(Tensor.of(new float[] {1, 0, -1, 1, 0}, 5, 1));
    assertArrayEquals(new byte[] {2 | 0 << 2 | 1 << 4, 1 | 2 << 2}, HuggingFaceLayout.encode(m));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,7", "4,8", "5,15", "16,17", "63,65", "127,3", "8,207"})
  void anyShapeIsReadBack(int rows, int cols) {
    SplittableRandom random = new SplittableRandom(rows * 1000L + cols);
    Tensor trits = Tensor.zeros(rows, cols);
    for (long i = 0; i < trits.size(); i++) {
      trits.set(i, random.nextInt(-1, 2));
    }
    TritMatrix matrix = TritMatrix.pack(trits);
    byte[] stored = HuggingFaceLayout.encode(matrix);
    assertEquals(HuggingFaceLayout.byteRows(rows) * cols, stored.length);
    assertEquals(matrix, HuggingFaceLayout.decode(MemorySegment.ofArray(stored), rows, cols));
  }

  @Test
  void aFieldOfThreeAndAWrongSizeAreRefused() {
    byte[] stored = {1, (byte) (3 << 4)};
    assertEquals(
        "trit [2, 1]: expected a field of 0 to 2, got 3",
        message(() -> HuggingFaceLayout.decode(MemorySegment.ofArray(stored), 4, 2)));
    assertEquals(
        "stored: expected 3 bytes, got 2",
        message(() -> HuggingFaceLayout.decode(MemorySegment.ofArray(stored), 4, 3)));
  }

  private static String message(Runnable call) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, call::run).getMessage());
  }
}
