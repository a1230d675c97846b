package io.tritter.model;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * How the next id is chosen.
 *
 * @param temperature divides the logits; 0 takes the most probable id
 * @param topK draws from the k most probable ids only; 0 for all
 * @param topP draws from the smallest set that holds this probability (Holtzman et al., 2020); 1
 *     for all
 */
public record Sampling(double temperature, int topK, double topP) {
  /** Always the most probable id. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1);

  public Sampling {
    Check.inRange("temperature", temperature, 0, Double.MAX_VALUE);
    Check.atLeast("topK", topK, 0);
    Check.inRange("topP", topP, Double.MIN_VALUE, 1);
  }

  /** Draws an id; equal logits and an equal generator give an equal id. */
  int draw(Tensor logits, RandomGenerator random) {
    float[] scores = logits.toArray();
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    if (temperature == 0) {
      return best;
    }
    double[] weights = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      weights[i] = Math.exp((scores[i] - scores[best]) / temperature);
    }
    int[] order =
        IntStream.range(0, weights.length)
            .boxed()
            .sorted((a, b) -> Double.compare(weights[b], weights[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    return pick(weights, order, kept(weights, order), random);
  }

  /** How many ids of the order remain after top-k and top-p. */
  private int kept(double[] weights, int[] order) {
    int kept = topK == 0 ? order.length : Math.min(topK, order.length);
    double total = 0;
    for (int i = 0; i < kept; i++) {
      total += weights[order[i]];
    }
    double sum = 0;
    for (int i = 0; i < kept; i++) {
      sum += weights[order[i]];
      if (sum >= topP * total) {
        return i + 1;
      }
    }
    return kept;
  }

  private static int pick(double[] weights, int[] order, int kept, RandomGenerator random) {
    double total = 0;
    for (int i = 0; i < kept; i++) {
      total += weights[order[i]];
    }
    double at = random.nextDouble() * total;
    for (int i = 0; i < kept; i++) {
      at -= weights[order[i]];
      if (at < 0) {
        return order[i];
      }
    }
    return order[kept - 1];
  }
}
