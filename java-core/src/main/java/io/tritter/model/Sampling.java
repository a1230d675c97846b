package io.tritter.model;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * How the next id is chosen.
 *
 * @param temperature divides the logits; 0 takes the most probable id
 * @param topK draws from the k most probable ids only; 0 for all
 * @param topP draws from the smallest set that holds this probability (Holtzman et al., 2020); 1
 *     for all
 * @param repetitionPenalty divides positive logits, and multiplies negative ones, of ids that were
 *     there before (Keskar et al., 2019); 1 for none
 */
public record Sampling(double temperature, int topK, double topP, double repetitionPenalty) {
  /** Always the most probable id. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1);

  public Sampling {
    Check.inRange("temperature", temperature, 0, Double.MAX_VALUE);
    Check.atLeast("topK", topK, 0);
    Check.inRange("topP", topP, Double.MIN_VALUE, 1);
    Check.inRange("repetitionPenalty", repetitionPenalty, Double.MIN_VALUE, Double.MAX_VALUE);
  }

  /** Without a penalty for repetition. */
  public Sampling(double temperature, int topK, double topP) {
    this(temperature, topK, topP, 1);
  }

  /** The same with another penalty. */
  public Sampling withRepetitionPenalty(double repetitionPenalty) {
    return new Sampling(temperature, topK, topP, repetitionPenalty);
  }

  /**
   * Draws an id; equal logits and an equal generator give an equal id.
   *
   * @param seen ids that were there before
   */
  int draw(Tensor logits, int[] seen, RandomGenerator random) {
    float[] scores = logits.toArray();
    penalize(scores, seen);
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
    return pick(weights, kept(weights), random);
  }

  private void penalize(float[] scores, int[] seen) {
    if (repetitionPenalty == 1) {
      return;
    }
    for (int id : Arrays.stream(seen).distinct().toArray()) {
      double score = scores[id];
      scores[id] = (float) (score > 0 ? score / repetitionPenalty : score * repetitionPenalty);
    }
  }

  /** The ids that remain after top-k, then top-p. */
  private int[] kept(double[] weights) {
    if (topK == 0 && topP == 1) {
      int[] all = new int[weights.length];
      Arrays.setAll(all, i -> i);
      return all;
    }
    int[] order = descending(weights);
    int kept = topK == 0 ? order.length : Math.min(topK, order.length);
    double total = topK == 0 ? sum(weights) : 0;
    for (int i = 0; i < kept && topK != 0; i++) {
      total += weights[order[i]];
    }
    double sum = 0;
    for (int i = 0; i < kept; i++) {
      sum += weights[order[i]];
      if (sum >= topP * total) {
        return Arrays.copyOf(order, i + 1);
      }
    }
    return Arrays.copyOf(order, kept);
  }

  /**
   * Ids by descending weight, equal ones by number; those without a chance are left out: what is
   * below {@code (1 - p) / n} of the total holds at most {@code 1 - p} of it.
   */
  private int[] descending(double[] weights) {
    double least = topK == 0 ? (1 - topP) / weights.length * sum(weights) : 0;
    long[] keys = new long[weights.length];
    int n = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] >= least) {
        // Bits of positive floats are in the order of the numbers.
        long backwards = ~Float.floatToRawIntBits((float) weights[i]);
        keys[n++] = (backwards << Integer.SIZE) | i;
      }
    }
    Arrays.sort(keys, 0, n);
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  private static double sum(double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    return sum;
  }

  private static int pick(double[] weights, int[] ids, RandomGenerator random) {
    double total = 0;
    for (int id : ids) {
      total += weights[id];
    }
    double at = random.nextDouble() * total;
    for (int id : ids) {
      at -= weights[id];
      if (at < 0) {
        return id;
      }
    }
    return ids[ids.length - 1];
  }
}
