package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingTest {
  private static final Tensor LOGITS = Tensor.of(new float[] {0.5f, 2f, -1f, 1f, 1.5f}, 1, 5);
  private static final int DRAWS = 20_000;

  private static double[] frequencies(Sampling sampling) {
    SplittableRandom random = new SplittableRandom(7);
    int[] counts = new int[5];
    for (int i = 0; i < DRAWS; i++) {
      counts[sampling.draw(LOGITS, new int[0], random)]++;
    }
    return java.util.Arrays.stream(counts).mapToDouble(n -> (double) n / DRAWS).toArray();
  }

  @Test
  void zeroTemperatureTakesTheMostProbable() {
    assertEquals(1, frequencies(Sampling.GREEDY)[1]);
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 1", "0.5, 0, 1", "2, 3, 1", "1, 0, 0.7", "1, 2, 0.9"})
  void drawsFollowTheTemperedSoftmaxOfWhatIsKept(double temperature, int topK, double topP) {
    int[] order = {1, 4, 3, 0, 2};
    double[] expected = new double[5];
    double total = 0;
    for (int rank = 0; rank < (topK == 0 ? 5 : topK); rank++) {
      expected[order[rank]] = Math.exp(LOGITS.get(order[rank]) / temperature);
      total += expected[order[rank]];
    }
    double kept = 0;
    for (int id : order) {
      if (kept >= topP * total) {
        expected[id] = 0;
      }
      kept += expected[id];
    }
    double[] found = frequencies(new Sampling(temperature, topK, topP));
    double sum = java.util.Arrays.stream(expected).sum();
    for (int i = 0; i < 5; i++) {
      // four standard deviations of a frequency of 20,000 draws, at most 0.014
      assertEquals(expected[i] / sum, found[i], 0.015, "id " + i);
    }
  }

  @Test
  void whatWasThereBeforeIsPenalizedOnce() {
    // 2 / 4 and 1.5 / 4 fall below 1; -1 becomes -4
    Sampling sampling = Sampling.GREEDY.withRepetitionPenalty(4);
    assertEquals(3, sampling.draw(LOGITS, new int[] {1, 4, 4, 4, 2}, new SplittableRandom(1)));
    assertEquals(4, sampling.draw(LOGITS, new int[] {1, 1}, new SplittableRandom(1)));
    Tensor negative = Tensor.of(new float[] {-1f, -2f}, 1, 2);
    assertEquals(1, sampling.draw(negative, new int[] {0}, new SplittableRandom(1)));
  }

  @Test
  void topPKeepsIdsThatAreCloseToItsBound() {
    // 1000 equal ids: the first 500 of them hold half of the probability
    Tensor flat = Tensor.zeros(1, 1000);
    SplittableRandom random = new SplittableRandom(3);
    int largest = 0;
    for (int i = 0; i < DRAWS; i++) {
      largest = Math.max(largest, new Sampling(1, 0, 0.5).draw(flat, new int[0], random));
    }
    assertEquals(499, largest);
  }

  @Test
  void numbersOutsideTheirRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Sampling(-1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Sampling(Double.NaN, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Sampling(1, -1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Sampling(1, 0, 1, 0));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new Sampling(1, 0, 0));
    assertTrue(String.valueOf(e.getMessage()).startsWith("topP: expected"), e.getMessage());
  }
}
