package io.tritter.train;

/** Byte and byte-pair frequencies of a text; see {@link Baselines} for the two laws. */
final class BigramModel {
  private static final int BYTES = 256;
  private static final double[] PRIOR_WEIGHTS = {0.1, 1, 10, 100, 1000};

  private final int[] pairs = new int[BYTES * BYTES];

  /** Times that a byte had a byte behind it: the sum of its row of pairs. */
  private final int[] before = new int[BYTES];

  private final double[] unigram = new double[BYTES];

  BigramModel(byte[] training) {
    int[] counts = new int[BYTES];
    for (byte b : training) {
      counts[b & 0xFF]++;
    }
    for (int b = 0; b < BYTES; b++) {
      unigram[b] = (counts[b] + 0.5) / (training.length + BYTES * 0.5);
    }
    for (int i = 1; i < training.length; i++) {
      pairs[(training[i - 1] & 0xFF) * BYTES + (training[i] & 0xFF)]++;
      before[training[i - 1] & 0xFF]++;
    }
  }

  /** Mean bits of each byte but the first, the bytes that a language model also predicts. */
  double unigramBits(byte[] text) {
    double nats = 0;
    for (int i = 1; i < text.length; i++) {
      nats -= Math.log(unigram[text[i] & 0xFF]);
    }
    return Baselines.bits(nats / (text.length - 1));
  }

  /** Mean bits of each byte but the first after the one before it, for the best prior weight. */
  double bigramBits(byte[] text) {
    double best = Double.POSITIVE_INFINITY;
    for (double weight : PRIOR_WEIGHTS) {
      double nats = 0;
      for (int i = 1; i < text.length; i++) {
        nats -= Math.log(probability(text[i - 1] & 0xFF, text[i] & 0xFF, weight));
      }
      best = Math.min(best, nats / (text.length - 1));
    }
    return Baselines.bits(best);
  }

  double probability(int a, int b, double weight) {
    return (pairs[a * BYTES + b] + weight * unigram[b]) / (before[a] + weight);
  }
}
