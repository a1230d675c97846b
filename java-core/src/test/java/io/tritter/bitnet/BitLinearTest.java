package io.tritter.bitnet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.TritMatrix;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BitLinearTest {
  /** The bound of the reference cases, for outputs of the order of 1. */
  private static final float GOLDEN = 1e-5f;

  /** Float32 sums of up to 1100 products in another order than the float64 reference. */
  private static final double FLOAT_SUM = 1e-5;

  @Test
  void oneScaleForTheTensorGivesTheReference() {
    Golden.Case golden = Golden.load("bitlinear_per_tensor");
    BitLinear layer = BitLinear.quantize(golden.get("weight"), null, BitLinear.PER_TENSOR, 8);
    assertArrayEquals(golden.get("scale").toArray(), layer.scales().toArray(), 1e-8f);
    assertEquals(TritMatrix.pack(golden.get("trits")), layer.weight());
    assertArrayEquals(
        golden.get("out").toArray(), forward(layer, golden.get("x")).toArray(), GOLDEN);
  }

  @Test
  void aScaleAGroupGivesTheReference() {
    Golden.Case golden = Golden.load("bitlinear_grouped");
    int groupSize = (int) golden.get("group_size").get(0);
    BitLinear layer = BitLinear.quantize(golden.get("weight"), null, groupSize, 8);
    assertArrayEquals(golden.get("scales").toArray(), layer.scales().toArray(), 1e-8f);
    assertEquals(TritMatrix.pack(golden.get("trits")), layer.weight());
    assertArrayEquals(
        golden.get("out").toArray(), forward(layer, golden.get("x")).toArray(), GOLDEN);
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,0", "3,7,5,0", "2,65,33,16", "5,17,207,0", "20,40,127,64", "3,1021,1030,300"})
  void forwardAndBackwardAreThoseOfTheDequantizedMatrices(int batch, int out, int in, int group) {
    Tensor weight = random(1, out, in);
    Tensor bias = random(2, out);
    Tensor x = random(3, batch, in);
    Tensor dy = random(4, batch, out);
    for (int bits : new int[] {0, 4, 8}) {
      BitLinear layer = BitLinear.quantize(weight, bias, group, bits);
      double[] w = dequantized(layer);
      double[] xHat = bits == 0 ? doubles(x) : fakeQuantized(x, bits);
      double[] y = product(xHat, w, batch, out, in);
      Tensor actual = forward(layer, x);
      for (int i = 0; i < y.length; i++) {
        assertEquals(y[i] + bias.get(i % out), actual.get(i), FLOAT_SUM * Math.sqrt(in));
      }
      Tensor dx = random(5, batch, in);
      float[] before = dx.toArray();
      layer.backward(x, dy, dx, true);
      for (int b = 0; b < batch; b++) {
        for (int c = 0; c < in; c++) {
          double sum = before[b * in + c];
          for (int r = 0; r < out; r++) {
            sum += dy.get((long) b * out + r) * w[r * in + c];
          }
          assertEquals(sum, dx.get((long) b * in + c), FLOAT_SUM * Math.sqrt(out));
        }
      }
    }
  }

  @Test
  void sizesAreCountedWithTheScales() {
    BitLinear layer = BitLinear.quantize(random(6, 4, 64), null, 64, 8);
    assertEquals(4 * 16 + 4 * 4, layer.sizeBytes());
    assertEquals(12.8, layer.compressionRatio(), 1e-12);
    assertEquals(4, layer.outFeatures());
    assertEquals(64, layer.inFeatures());
    assertEquals(List.of(), layer.parameters());
  }

  @Test
  void aNotANumberInTheWeightIsRefusedWithItsPosition() {
    Tensor weight = random(7, 3, 5);
    weight.set(7, Float.NaN);
    assertMessage(
        "weight: expected finite numbers, got NaN at row 1, column 2",
        () -> BitLinear.quantize(weight, null, 0, 8));
    weight.set(7, Float.NEGATIVE_INFINITY);
    assertMessage(
        "weight: expected finite numbers, got -Infinity at row 1, column 2",
        () -> BitLinear.quantize(weight, null, 2, 8));
  }

  @Test
  void wrongArgumentsAreRefused() {
    Tensor weight = random(8, 3, 5);
    assertMessage(
        "activationBits: expected 2 to 8, or 0 for float32, got 9",
        () -> BitLinear.quantize(weight, null, 0, 9));
    assertMessage(
        "groupSize: expected at least 0, got -1", () -> BitLinear.quantize(weight, null, -1, 8));
    assertMessage(
        "bias: expected shape [3], got [4]",
        () -> BitLinear.quantize(weight, Tensor.zeros(4), 0, 8));
    assertMessage(
        "weight rows: expected at least 1, got 0",
        () -> BitLinear.quantize(Tensor.zeros(0, 4), null, 0, 8));
    assertMessage(
        "scales: expected 9 numbers, got 3",
        () -> new BitLinear(TritMatrix.pack(Tensor.zeros(3, 5)), Tensor.zeros(3), 2, null, 8));
    BitLinear layer = BitLinear.quantize(weight, null, 0, 8);
    assertMessage(
        "x: expected shape [n, 5], got [2, 4]",
        () -> layer.forward(Tensor.zeros(2, 4), Tensor.zeros(2, 3)));
    assertMessage(
        "y: expected shape [2, 3], got [3, 3]",
        () -> layer.forward(Tensor.zeros(2, 5), Tensor.zeros(3, 3)));
  }

  private static void assertMessage(String message, Executable e) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, e).getMessage());
  }

  static Tensor forward(BitLinear layer, Tensor x) {
    Tensor y = Tensor.zeros(x.dim(0), layer.outFeatures());
    layer.forward(x, y);
    return y;
  }

  static Tensor random(long seed, int... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor t = Tensor.zeros(shape);
    for (long i = 0; i < t.size(); i++) {
      t.set(i, (float) random.nextGaussian());
    }
    return t;
  }

  private static double[] doubles(Tensor t) {
    double[] values = new double[(int) t.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = t.get(i);
    }
    return values;
  }

  private static double[] dequantized(BitLinear layer) {
    int in = layer.inFeatures();
    int group = layer.groupSize() == 0 ? in : layer.groupSize();
    int groups = (in + group - 1) / group;
    double[] w = new double[layer.outFeatures() * in];
    Tensor scales = layer.scales();
    for (int i = 0; i < w.length; i++) {
      int r = i / in;
      int scale = layer.groupSize() == 0 ? 0 : r * groups + i % in / group;
      w[i] = layer.weight().row(r).get(i % in) * scales.get(scale);
    }
    return w;
  }

  static double[] fakeQuantized(Tensor x, int bits) {
    int cols = x.dim(1);
    double[] values = new double[(int) x.size()];
    for (int r = 0; r < x.dim(0); r++) {
      float largest = 1e-5f;
      for (int i = r * cols; i < (r + 1) * cols; i++) {
        largest = Math.max(largest, Math.abs(x.get(i)));
      }
      float s = ((1 << (bits - 1)) - 1) / largest;
      for (int i = r * cols; i < (r + 1) * cols; i++) {
        values[i] = Math.rint(x.get(i) * s) / s;
      }
    }
    return values;
  }

  static double[] product(double[] x, double[] w, int batch, int out, int in) {
    double[] y = new double[batch * out];
    for (int i = 0; i < y.length; i++) {
      for (int c = 0; c < in; c++) {
        y[i] += x[i / out * in + c] * w[i % out * in + c];
      }
    }
    return y;
  }
}
