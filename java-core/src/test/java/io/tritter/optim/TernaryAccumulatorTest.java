package io.tritter.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TernaryAccumulatorTest {
  private static final int SIZE = 300;
  private static final int SEEDS = 4000;

  private static Tensor random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor x = Tensor.zeros(SIZE);
    for (int i = 0; i < SIZE; i++) {
      x.set(i, (float) random.nextDouble(-1, 1));
    }
    return x;
  }

  @Test
  void theMeanOverSeedsIsTheSum() {
    double[] mean = new double[SIZE];
    double[] squares = new double[SIZE];
    for (int seed = 0; seed < SEEDS; seed++) {
      TernaryAccumulator accumulator = new TernaryAccumulator(SIZE, seed);
      accumulator.add(random(1));
      accumulator.add(TernaryBlocks.of(random(2), 0.75f));
      accumulator.add(random(3));
      Tensor sum = accumulator.sum();
      for (int i = 0; i < SIZE; i++) {
        mean[i] += sum.get(i) / SEEDS;
        squares[i] += sum.get(i) * sum.get(i) / SEEDS;
      }
    }
    Tensor expected = random(1);
    TernaryBlocks.of(random(2), 0.75f).addTo(expected, 1);
    expected.axpby(1, random(3), 1);
    for (int i = 0; i < SIZE; i++) {
      double deviation = Math.sqrt(squares[i] / SEEDS); // of the mean
      assertEquals(expected.get(i), mean[i], 4.5 * deviation, "value " + i); // one in 150,000
    }
  }

  @Test
  void aSumOfTritsOfOneScaleIsExact() {
    TernaryAccumulator accumulator = new TernaryAccumulator(5, 1);
    Tensor x = Tensor.of(new float[] {2, -2, 0, 2, 0}, 5);
    accumulator.add(x);
    assertArrayEquals(x.toArray(), accumulator.sum().toArray());
    accumulator.add(x);
    assertArrayEquals(new float[] {4, -4, 0, 4, 0}, accumulator.sum().toArray());
    assertEquals(2, accumulator.additions());
  }

  @Test
  void theSeedDecides() {
    Tensor[] sums = new Tensor[3];
    for (int i = 0; i < 3; i++) {
      TernaryAccumulator accumulator = new TernaryAccumulator(SIZE, i / 2);
      accumulator.add(random(7));
      sums[i] = accumulator.sum();
    }
    assertArrayEquals(sums[0].toArray(), sums[1].toArray());
    assertFalse(Arrays.equals(sums[0].toArray(), sums[2].toArray()));
  }

  @Test
  void twoBitsAValueAndAScaleABlockAreAll() {
    long bytes = new TernaryAccumulator(1_000_000, 1).sizeBytes();
    assertTrue(bytes <= 1_000_000 / 4 + 4 * 3907 + 16, bytes + " bytes");
  }

  @Test
  void whatDoesNotFitIsRefusedAndChangesNothing() {
    TernaryAccumulator accumulator = new TernaryAccumulator(SIZE, 1);
    Tensor nan = random(1);
    nan.set(299, Float.NaN);
    assertThrows(IllegalArgumentException.class, () -> accumulator.add(nan));
    assertThrows(IllegalArgumentException.class, () -> accumulator.add(Tensor.zeros(299)));
    assertThrows(
        IllegalArgumentException.class,
        () -> accumulator.add(TernaryBlocks.of(Tensor.zeros(299), 1)));
    assertEquals(0, accumulator.additions());
    assertArrayEquals(new float[SIZE], accumulator.sum().toArray());
  }
}
