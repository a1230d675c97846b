package io.tritter.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.FreshJvm;
import io.tritter.kernel.Kernels;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.EncodedLinear;
import io.tritter.nn.EncodedMatrix;
import io.tritter.nn.HalfMatrix;
import io.tritter.nn.Parameter;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedLinearTest {
  private static final int OUT = 65;
  private static final int IN = 127;

  private static Tensor random(int seed, int... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor x = Tensor.zeros(shape);
    for (int i = 0; i < x.size(); i++) {
      x.set(i, (float) random.nextDouble(-1, 1));
    }
    return x;
  }

  private static List<EncodedMatrix> matrices() {
    Tensor w = random(1, OUT, IN);
    MemorySegment halves = NativeMemory.allocate(2 * w.size());
    Kernels.active().toBfloat16(w.data(), halves, w.size());
    return List.of(
        FourBitMatrix.quantize(w, FourBitCode.NF4, 64, false),
        FourBitMatrix.quantize(w, FourBitCode.FP4, 32, true),
        Int8Matrix.quantize(w),
        new HalfMatrix(halves, OUT, IN, true),
        new HalfMatrix(halves, OUT, IN, false));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 17, 300})
  void aLayerComputesWhatOneOfItsDecodedWeightDoes(int rows) {
    for (EncodedMatrix matrix : matrices()) {
      EncodedLinear layer = new EncodedLinear(matrix, null);
      DenseLinear dense = new DenseLinear(Parameter.of("w", matrix.decode()));
      Tensor x = random(2, rows, IN);
      Tensor y = Tensor.zeros(rows, OUT);
      Tensor expected = Tensor.zeros(rows, OUT);
      layer.forward(x, y);
      dense.forward(x, expected);
      assertArrayEquals(expected.toArray(), y.toArray(), matrix.toString());
      for (boolean accumulate : new boolean[] {false, true}) {
        Tensor dy = random(3, rows, OUT);
        Tensor dx = random(4, rows, IN);
        Tensor expectedDx = dx.copy();
        layer.backward(x, dy, dx, accumulate);
        dense.backward(x, dy, expectedDx, accumulate);
        assertArrayEquals(expectedDx.toArray(), dx.toArray(), matrix.toString());
      }
      assertTrue(layer.parameters().isEmpty());
    }
  }

  /** The layer is linear in x, so a difference of any width is exact but for rounding. */
  @Test
  void theBackwardPassIsThatOfCentralDifferences() {
    for (EncodedMatrix matrix : matrices()) {
      EncodedLinear layer = new EncodedLinear(matrix, null);
      Tensor x = random(2, 2, IN);
      Tensor dy = random(3, 2, OUT);
      Tensor dx = Tensor.zeros(2, IN);
      layer.backward(x, dy, dx, false);
      for (int i = 0; i < x.size(); i += 7) {
        float at = x.get(i);
        x.set(i, at + 1f);
        double above = weighted(layer, x, dy);
        x.set(i, at - 1f);
        double below = weighted(layer, x, dy);
        x.set(i, at);
        // sums of 127 float32 products, twice
        assertEquals((above - below) / 2, dx.get(i), 1e-4, matrix + ", dx " + i);
      }
    }
  }

  private static double weighted(EncodedLinear layer, Tensor x, Tensor dy) {
    Tensor y = Tensor.zeros(2, OUT);
    layer.forward(x, y);
    return Kernels.active().dot(y.data(), dy.data(), y.size());
  }

  @Test
  void theBiasIsAddedToEachRow() {
    EncodedMatrix matrix = matrices().getFirst();
    Tensor bias = random(5, OUT);
    Tensor x = random(2, 3, IN);
    Tensor plain = Tensor.zeros(3, OUT);
    Tensor y = Tensor.zeros(3, OUT);
    new EncodedLinear(matrix, null).forward(x, plain);
    new EncodedLinear(matrix, bias).forward(x, y);
    for (int i = 0; i < y.size(); i++) {
      assertEquals(plain.get(i) + bias.get(i % OUT), y.get(i), 1e-5, "y " + i);
    }
  }

  @Test
  void otherShapesAreRefused() {
    EncodedLinear layer = new EncodedLinear(matrices().getFirst(), null);
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> layer.forward(Tensor.zeros(2, IN + 1), Tensor.zeros(2, OUT)));
    assertEquals("x: expected shape [n, 127], got [2, 128]", e.getMessage());
    e =
        assertThrows(
            IllegalArgumentException.class,
            () -> layer.backward(random(1, 1), Tensor.zeros(2, OUT), Tensor.zeros(1, IN), false));
    assertEquals("dx: expected shape [2, 127], got [1, 127]", e.getMessage());
  }

  /**
   * A JVM that has 24 MiB of native memory and 40 MiB of heap passes through a layer whose weight
   * takes 64 MiB in float32, forward and backward.
   */
  @Test
  void theWeightNeverExistsInFloat32() throws Exception {
    FreshJvm.run(SmallJvm.class, "-Xmx40m", "-XX:MaxDirectMemorySize=24m");
  }

  /** What runs in it. */
  static final class SmallJvm {
    private static final int SIZE = 4096;

    private SmallJvm() {}

    public static void main(String[] args) {
      MemorySegment codes = NativeMemory.allocate((long) SIZE * SIZE / 2).fill((byte) 0x5a);
      Tensor absmax = random(1, SIZE * SIZE / 64);
      EncodedLinear layer =
          new EncodedLinear(FourBitMatrix.of(SIZE, SIZE, FourBitCode.NF4, codes, absmax, 64), null);
      for (int rows : new int[] {1, 8, 100, 220}) {
        Tensor x = random(2, rows, SIZE);
        Tensor y = Tensor.zeros(rows, SIZE);
        layer.forward(x, y);
        layer.backward(x, y, x, false);
      }
      System.exit(0);
    }
  }
}
