package io.tritter.bitnet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QatLinearTest {
  /** Float32 against float64, sums of at most 130 terms of the order of 1. */
  private static final double BACKWARD = 1e-4;

  @ParameterizedTest
  @CsvSource({"1,1,1", "3,7,5", "17,15,63", "2,64,65", "40,127,207", "5,352,1021"})
  void thePackedLayerGivesTheSameBits(int batch, int out, int in) {
    QatLinear layer = layer(out, in);
    Tensor x = BitLinearTest.random(9, batch, in);
    Tensor y = Tensor.zeros(batch, out);
    layer.forward(x, y);
    assertArrayEquals(y.toArray(), BitLinearTest.forward(layer.toPacked(), x).toArray(), 0f);
  }

  /**
   * The loss {@code sum(dy * (x' w'^T))} is differentiated by central differences in the
   * dequantized x' and w', which is what straight-through means; it is linear in each, so any step
   * will do.
   */
  @ParameterizedTest
  @CsvSource({"1,1,1", "3,5,7", "4,17,16", "2,33,8"})
  void backwardIsThatOfTheProductOfTheDequantizedMatrices(int batch, int out, int in) {
    QatLinear layer = layer(out, in);
    Tensor x = BitLinearTest.random(10, batch, in);
    Tensor dy = BitLinearTest.random(11, batch, out);
    Parameter weight = layer.parameters().get(0);
    float[] dw = BitLinearTest.random(12, out, in).toArray();
    weight.gradient().copyFrom(Tensor.of(dw, out, in));
    Tensor dx = BitLinearTest.random(13, batch, in);
    float[] dxBefore = dx.toArray();
    layer.backward(x, dy, dx, true);

    double[] xHat = BitLinearTest.fakeQuantized(x, 8);
    double[] wHat = new double[out * in];
    for (int i = 0; i < wHat.length; i++) {
      wHat[i] = layer.toPacked().weight().row(i / in).get(i % in) * layer.scale();
    }
    for (int i = 0; i < xHat.length; i++) {
      double slope = slope(xHat, i, () -> loss(xHat, wHat, dy, batch, out, in));
      assertEquals(dxBefore[i] + slope, dx.get(i), BACKWARD, "dx at " + i);
    }
    for (int i = 0; i < wHat.length; i++) {
      double slope = slope(wHat, i, () -> loss(xHat, wHat, dy, batch, out, in));
      assertEquals(dw[i] + slope, weight.gradient().get(i), BACKWARD, "dw at " + i);
    }

    Tensor written = BitLinearTest.random(14, batch, in);
    layer.backward(x, dy, written, false);
    for (int i = 0; i < dxBefore.length; i++) {
      assertEquals(dx.get(i) - dxBefore[i], written.get(i), BACKWARD, "written dx at " + i);
    }
  }

  @Test
  void changedWeightsCountFromTheCallThatTellsOfThem() {
    Parameter weight = Parameter.of("w", Tensor.of(new float[] {1, -1, 0.25f, 0.25f}, 2, 2));
    QatLinear layer = new QatLinear(weight);
    assertEquals(0.625f, layer.scale());
    weight.value().set(2, -2.75f);
    assertEquals(0.625f, layer.scale());
    layer.weightsChanged();
    assertEquals(1.25f, layer.scale());
    assertArrayEquals(new byte[] {-1, 0}, layer.toPacked().weight().row(1).toInt8());
  }

  @Test
  void aNotANumberIsRefusedAndTheLayerStaysAsItWas() {
    QatLinear layer = layer(3, 4);
    BitLinear before = layer.toPacked();
    layer.parameters().get(0).value().set(9, Float.NaN);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, layer::weightsChanged);
    assertEquals("w: expected finite numbers, got NaN at row 2, column 1", e.getMessage());
    assertEquals(before.weight(), layer.toPacked().weight());
    assertEquals(before.scales().get(0), layer.scale());
  }

  @Test
  void theMasterWeightIsTheOnlyParameter() {
    Parameter weight = Parameter.of("w", BitLinearTest.random(15, 2, 2));
    assertEquals(List.of(weight), new QatLinear(weight).parameters());
  }

  private static QatLinear layer(int out, int in) {
    return new QatLinear(Parameter.of("w", BitLinearTest.random(out * 31L + in, out, in)));
  }

  private static double slope(double[] values, int i, DoubleSupplier loss) {
    double step = 0.5;
    double value = values[i];
    values[i] = value + step;
    double above = loss.getAsDouble();
    values[i] = value - step;
    double below = loss.getAsDouble();
    values[i] = value;
    return (above - below) / (2 * step);
  }

  private static double loss(double[] x, double[] w, Tensor dy, int batch, int out, int in) {
    double[] y = BitLinearTest.product(x, w, batch, out, in);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += y[i] * dy.get(i);
    }
    return sum;
  }
}
