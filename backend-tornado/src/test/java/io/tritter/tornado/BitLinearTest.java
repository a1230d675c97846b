package io.tritter.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.bitnet.Absmean;
import io.tritter.kernel.Kernels;
import io.tritter.kernel.TernaryLevel;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.TritMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BitLinearTest {
  private static final TornadoKernels KERNELS = (TornadoKernels) Kernels.on("gpu");
  private static final Kernels CPU = Kernels.on("cpu");
  private static final int PER_TENSOR = io.tritter.bitnet.BitLinear.PER_TENSOR;

  private static Tensor normal(long seed, int... shape) {
    Random random = new Random(seed);
    Tensor x = Tensor.zeros(shape);
    for (long k = 0; k < x.size(); k++) {
      x.set(k, (float) random.nextGaussian());
    }
    return x;
  }

  private static <T> T on(Kernels kernels, Supplier<T> computation) {
    Kernels.use(kernels);
    try {
      return computation.get();
    } finally {
      Kernels.use(null);
    }
  }

  private static float[] forward(
      Kernels kernels, Tensor weight, Tensor x, int groupSize, int bits, TernaryLevel level) {
    return on(
        kernels,
        () -> {
          Absmean.Quantized q = Absmean.quantize("weight", weight, groupSize);
          Tensor y = Tensor.zeros(x.dim(0), weight.dim(0));
          new io.tritter.bitnet.BitLinear(
                  TritMatrix.pack(q.trits()), q.scales(), groupSize, null, bits, level)
              .forward(x, y);
          return y.toArray();
        });
  }

  @ParameterizedTest
  @EnumSource(TernaryLevel.class)
  void aLayerGivesTheBitsOfTheCpuAtEveryLevel(TernaryLevel level) {
    for (int batch : new int[] {1, 5, 19}) {
      Tensor weight = normal(1, 77, 205);
      Tensor x = normal(2 + batch, batch, 205);
      assertArrayEquals(
          forward(CPU, weight, x, PER_TENSOR, 8, level),
          forward(KERNELS, weight, x, PER_TENSOR, 8, level),
          0f);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,8", "31,8", "32,8", "100,8", "205,8", "1000,8", "64,2", "0,2", "0,4", "64,5"})
  void everyGroupSizeAndWidthGivesTheBitsOfTheCpu(int groupSize, int bits) {
    Tensor weight = normal(3, 33, 205);
    Tensor x = normal(4, 6, 205);
    assertArrayEquals(
        forward(CPU, weight, x, groupSize, bits, TernaryLevel.TILED),
        forward(KERNELS, weight, x, groupSize, bits, TernaryLevel.TILED),
        0f);
  }

  @Test
  void rowsOfZerosAndRowsThatAreNotFiniteGiveWhatTheCpuGives() {
    Tensor weight = normal(5, 40, 70);
    Tensor x = normal(6, 5, 70);
    x.rows(0, 1).clear();
    x.set(70 + 69, Float.NaN);
    x.set(2 * 70 + 3, Float.NEGATIVE_INFINITY);
    x.rows(3, 4).axpby(1e-7f, x.rows(3, 4), 0);
    float[] expected = forward(CPU, weight, x, PER_TENSOR, 8, TernaryLevel.TILED);
    assertArrayEquals(expected, forward(KERNELS, weight, x, PER_TENSOR, 8, TernaryLevel.TILED), 0f);
  }

  @Test
  void onlyTheInputTheScalesAndTheResultCrossTheBus() {
    Tensor weight = normal(7, 64, 4096);
    Tensor x = normal(8, 4, 4096);
    on(
        KERNELS,
        () -> {
          var layer = io.tritter.bitnet.BitLinear.quantize(weight, null, PER_TENSOR, 8);
          Tensor y = Tensor.zeros(4, 64);
          layer.forward(x, y);
          Traffic start = KERNELS.hardware().traffic();
          layer.forward(x, y);
          Traffic each = KERNELS.hardware().traffic().since(start);
          assertEquals(y.size() * Float.BYTES, each.toHost());
          return y;
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9})
  void otherWidthsAreRefused(int bits) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment s = arena.allocate(64, 4);
      var weights = KERNELS.ternaryWeights(s, 1, 8, TernaryLevel.BASIC, arena);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> weights.multiplyQuantized(s, s, 1f, s, 1, 8, bits));
      assertEquals("bits: expected 2 to 8, got " + bits, e.getMessage());
    }
  }
}
