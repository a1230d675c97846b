package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.Correction.Form;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorrectorTest {
  /** Sums of a few float32 numbers. */
  private static final float ROUNDING = 1e-5f;

  @Test
  void sparseTernaryKeepsSignsAndTheMeanOfWhatIsLarge() {
    float[] values = new float[17];
    java.util.Arrays.fill(values, 0.01f);
    values[3] = 2;
    values[16] = -4;
    Tensor x = Tensor.of(values, 17);
    SparseTernary.approximate(x);
    float[] expected = new float[17];
    expected[3] = 3;
    expected[16] = -3;
    assertArrayEquals(expected, x.toArray(), ROUNDING);
    Tensor zero = Tensor.zeros(5);
    SparseTernary.approximate(zero);
    assertArrayEquals(new float[5], zero.toArray());
  }

  @Test
  void lowRankKeepsAMatrixOfThatRankAndTheLargerPartOfAnother() {
    float[] values = new float[17 * 9];
    for (int r = 0; r < 17; r++) {
      for (int c = 0; c < 9; c++) {
        values[r * 9 + c] =
            (float) (Math.sin(r + 1) * Math.cos(c + 1) + Math.cos(2.5 * r) * Math.sin(1.5 * c));
      }
    }
    Tensor two = Tensor.of(values, 17, 9);
    LowRank.approximate(two, 2);
    assertArrayEquals(values, two.toArray(), ROUNDING);
    Tensor one = Tensor.of(values, 17, 9);
    LowRank.approximate(one, 1);
    one.axpby(1, two, -1);
    assertTrue(Tensors.dot(one, one) < 0.6 * Tensors.dot(two, two));
    assertTrue(Tensors.dot(one, one) > 0.01 * Tensors.dot(two, two));
    Tensor vector = Tensor.of(new float[] {1, 2, 3}, 3);
    LowRank.approximate(vector, 1);
    assertArrayEquals(new float[] {1, 2, 3}, vector.toArray());
  }

  @Test
  void aJumpIsCorrectedByHalfOfWhatTheNextStepTurnsAway() {
    Parameter w = Parameter.of("w", Tensor.of(new float[] {4, 8}, 1, 2));
    Correction all = new Correction(Form.LOW_RANK, 1, 1);
    Corrector corrector = new Corrector(all, List.of(w));
    // a jump of 4 steps of (1, 2)
    corrector.begin(List.of(Tensor.zeros(1, 2)), 4);
    for (int i = 0; i < 2; i++) {
      Tensor before = w.value().copy();
      // the full step goes (1, -1): it misses (0, -3)
      w.value().axpby(1, Tensor.of(new float[] {1, -1}, 1, 2), 1);
      corrector.correct(List.of(before), 2);
    }
    // 2 full steps, and 4 / 2 of what was missed
    assertArrayEquals(new float[] {6, 8 - 2 - 6}, w.value().toArray(), ROUNDING);
    corrector.end();
    assertFalse(corrector.active());
  }

  @Test
  void withoutStrengthNothingIsCorrected() {
    Parameter w = Parameter.of("w", Tensor.of(new float[] {4, 8}, 2));
    Corrector corrector = new Corrector(Correction.NONE, List.of(w));
    corrector.begin(List.of(Tensor.zeros(2)), 4);
    assertFalse(corrector.active());
    assertEquals(0, corrector.state().count("steps"));
  }
}
