package io.tritter.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Int8MatrixTest {
  @Test
  void eachRowHasAStepOfItsLargestWeightOver127() {
    SplittableRandom random = new SplittableRandom(3);
    Tensor w = Tensor.zeros(17, 207);
    for (int i = 0; i < w.size(); i++) {
      w.set(i, (float) (random.nextDouble(-1, 1) * Math.pow(10, i / 207 - 8)));
    }
    Int8Matrix m = Int8Matrix.quantize(w);
    Tensor decoded = m.decode();
    for (int r = 0; r < 17; r++) {
      float largest = 0;
      for (int c = 0; c < 207; c++) {
        largest = Math.max(largest, Math.abs(w.get(r * 207L + c)));
      }
      assertEquals(largest, m.absmax().get(r), "absmax of row " + r);
      for (int c = 0; c < 207; c++) {
        int i = r * 207 + c;
        // half a step, and the rounding of a few operations
        assertEquals(w.get(i), decoded.get(i), largest / 254 * 1.0001, "weight " + i);
      }
    }
    assertEquals(17 * 207 + 17 * 4, m.sizeBytes());
  }

  @Test
  void halvesGoToTheEvenCodeAndZerosStay() {
    Tensor w = Tensor.of(new float[] {127f, 0.5f, 1.5f, -2.5f, 0f, 0f, 0f, 0f}, 2, 4);
    Int8Matrix m = Int8Matrix.quantize(w);
    int[] expected = {127, 0, 2, -2, 0, 0, 0, 0};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], m.codes().get(ValueLayout.JAVA_BYTE, i), "code " + i);
    }
    assertEquals(0f, m.decode().get(5));
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Int8Matrix(2, 3, NativeMemory.allocate(5), Tensor.zeros(2)));
    assertEquals("codes: expected 6 bytes, got 5", e.getMessage());
    Tensor nan = Tensor.of(new float[] {1f, Float.NaN}, 1, 2);
    e = assertThrows(IllegalArgumentException.class, () -> Int8Matrix.quantize(nan));
    assertEquals("weight[1]: expected a finite number, got NaN", e.getMessage());
  }
}
