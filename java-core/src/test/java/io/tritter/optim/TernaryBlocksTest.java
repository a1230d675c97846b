package io.tritter.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TernaryBlocksTest {
  /** A sum of magnitudes in float64 that is rounded once. */
  private static final double ROUNDING = 1e-6;

  private static Tensor normal(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor x = Tensor.zeros(n);
    for (int i = 0; i < n; i++) {
      x.set(i, (float) random.nextGaussian());
    }
    return x;
  }

  /** Thresholds at which blocks keep nothing, few, many and all elements. */
  private static final float[] THRESHOLDS = {9, 2.5f, 1.6f, 1, 0.4f, 1e-9f};

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 63, 64, 65, 255, 256, 257, 1021, 8192, 8193, 20_000})
  void whatReachesTheThresholdBecomesTheMeanMagnitudeOfItsBlock(int n) {
    for (float threshold : THRESHOLDS) {
      Tensor x = normal(n, n);
      TernaryBlocks blocks = TernaryBlocks.of(x, threshold);
      Tensor got = expanded(blocks);
      for (int first = 0; first < n; first += 256) {
        double sum = 0;
        int kept = 0;
        for (int i = first; i < Math.min(n, first + 256); i++) {
          if (Math.abs(x.get(i)) >= threshold) {
            sum += Math.abs(x.get(i));
            kept++;
          }
        }
        for (int i = first; i < Math.min(n, first + 256); i++) {
          boolean keeps = Math.abs(x.get(i)) >= threshold;
          double expected = keeps ? Math.signum(x.get(i)) * sum / kept : 0;
          assertEquals(expected, got.get(i), ROUNDING * sum, "element " + i);
        }
      }
      TernaryBlocks copy = TernaryBlocks.ofBytes(n, blocks.bytes());
      assertArrayEquals(got.toArray(), expanded(copy).toArray());
      assertTrue(blocks.sizeBytes() <= Math.ceilDiv(n, 256) * 69, "at most 2 bits and a scale");
    }
  }

  private static Tensor expanded(TernaryBlocks blocks) {
    Tensor out = Tensor.zeros((int) blocks.size());
    blocks.addTo(out, 1);
    return out;
  }

  @Test
  void takenAndLeftAddUpToWhatWasThere() {
    int n = 9000;
    Tensor error = normal(n, 1);
    Tensor gradient = normal(n, 2);
    Tensor wanted = gradient.copy();
    wanted.axpby(1, error, 1);
    TernaryBlocks taken = TernaryBlocks.take(error, gradient, 1.5f);
    Tensor sum = error.copy();
    taken.addTo(sum, 1);
    assertArrayEquals(wanted.toArray(), sum.toArray(), 1e-6f);
    assertArrayEquals(normal(n, 2).toArray(), gradient.toArray());
  }

  @Test
  void aMergeIsTheSumOfWhatWasMerged() {
    TernaryBlocks one = TernaryBlocks.of(normal(700, 1), 1);
    TernaryBlocks two = TernaryBlocks.of(normal(700, 2), 2);
    Tensor merged = expanded(one);
    two.addTo(merged, -0.5f);
    Tensor expected = expanded(one);
    expected.axpby(-0.5f, expanded(two), 1);
    assertArrayEquals(expected.toArray(), merged.toArray());
    assertThrows(IllegalArgumentException.class, () -> one.addTo(Tensor.zeros(699), 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 4000, 5000, 300_000})
  void aboutTheFractionReachesTheThreshold(int n) {
    Tensor x = normal(n, 3);
    for (double fraction : new double[] {0.01, 0.1, 0.5}) {
      float threshold = TopFraction.threshold(x, fraction, 5);
      int reached = 0;
      for (int i = 0; i < n; i++) {
        reached += Math.abs(x.get(i)) >= threshold ? 1 : 0;
      }
      double deviation = n <= 4096 ? 0.5 / n : Math.sqrt(fraction * (1 - fraction) / 4096);
      double least = n <= 4096 ? 1.0 / n : 1.0 / 4096; // one is kept at least, of all or a sample
      assertEquals(Math.max(fraction, least), (double) reached / n, 4 * deviation + 1e-9);
    }
  }

  @Test
  void zerosAndEqualElementsHaveAThresholdToo() {
    Tensor x = Tensor.zeros(1000);
    assertEquals(4, TernaryBlocks.of(x, TopFraction.threshold(x, 0.1, 1)).sizeBytes());
    for (int i = 0; i < 1000; i++) {
      x.set(i, -3);
    }
    Tensor got = expanded(TernaryBlocks.of(x, TopFraction.threshold(x, 0.1, 1)));
    assertArrayEquals(x.toArray(), got.toArray());
  }

  @Test
  void bytesThatAreNoBlocksAreRefusedWithTheirPlace() {
    assertRefused("byte 0: expected 1 bytes of a block, got 0", 5);
    assertRefused("byte 1: expected the end of the blocks, got 1 more", 5, 0, 0);
    assertRefused("byte 1: expected 4 bytes of a block, got 2", 5, 1, 0, 0);
    assertRefused("byte 1: expected a positive scale, got 0.0", 9, 1, 0, 0, 0, 0, 3, 0);
    assertRefused("byte 1: expected a positive scale, got Infinity", 9, 1, 0, 0, 128, 127, 3, 0);
    assertRefused("byte 5: expected a place from 0 to 8, got 9", 9, 1, 0, 0, 128, 63, 9, 0);
    assertRefused("byte 6: expected a place from 4 to 31, got 3", 32, 2, 0, 0, 128, 63, 3, 3, 0);
    assertRefused("byte 6: expected zeros behind the last sign, got 2", 9, 1, 0, 0, 128, 63, 3, 2);
    assertRefused("byte 0: expected a block that is shorter", 4, 1, 0, 0, 128, 63, 3, 0);
    assertRefused("byte 5: expected trits of 00, 01 and 10, got 3", 4, 255, 0, 0, 128, 63, 3);
    assertRefused("byte 5: expected zeros behind the last trit", 3, 255, 0, 0, 128, 63, 64);
  }

  private static void assertRefused(String message, long size, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> TernaryBlocks.ofBytes(size, bytes), message);
    assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
  }
}
