package io.tritter.train;

import io.tritter.tensor.Check;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What simple models and compressors need for a held-out text, in bits a byte: the numbers beside
 * which the held-out loss of a language model means something.
 *
 * <p>A language model has read the training text. So have {@link #unigram}, {@link #bigram} and the
 * two compressors <em>after training</em>; {@link #gzip} and {@link #xz} see the held-out text
 * alone, which is what their files are compared with in practice, and is harder on them.
 *
 * @param unigram byte frequencies of the training text, (count + 1/2) / (n + 128)
 * @param bigram frequencies after the byte before, mixed with the unigram as with a Dirichlet
 *     prior: (count(a, b) + k * unigram(b)) / (count(a) + k). The k of 0.1, 1, 10, 100 or 1000 is
 *     the one that suits the held-out text best, in the bigram's favour
 * @param gzip DEFLATE, level 9
 * @param xz LZMA2, preset 9
 * @param gzipAfterTraining {@link #gzip} with the last 32 KiB of the training text, its whole
 *     window, as preset dictionary
 * @param xzAfterTraining {@link #xz} with the last 4 MiB of the training text as preset dictionary
 */
public record Baselines(
    double unigram,
    double bigram,
    double gzip,
    double xz,
    double gzipAfterTraining,
    double xzAfterTraining) {

  /**
   * Measures all of them. Compressed sizes are those of the compressed data, without the few dozen
   * bytes of a file's header.
   *
   * @throws IllegalArgumentException for a training text without bytes or a held-out one of fewer
   *     than two
   */
  public static Baselines measure(byte[] training, byte[] heldOut) {
    Check.atLeast("bytes of training text", training.length, 1);
    Check.atLeast("bytes of held-out text", heldOut.length, 2);
    BigramModel model = new BigramModel(training);
    double bitsPerByte = 8.0 / heldOut.length;
    return new Baselines(
        model.unigramBits(heldOut),
        model.bigramBits(heldOut),
        Compressors.gzipBytes(new byte[0], heldOut) * bitsPerByte,
        Compressors.xzBytes(new byte[0], heldOut) * bitsPerByte,
        Compressors.gzipBytes(training, heldOut) * bitsPerByte,
        Compressors.xzBytes(training, heldOut) * bitsPerByte);
  }

  /** The numbers with a name for people, in the order of a table. */
  public Map<String, Double> byName() {
    Map<String, Double> rows = new LinkedHashMap<>();
    rows.put("unigram", unigram);
    rows.put("bigram", bigram);
    rows.put("gzip -9", gzip);
    rows.put("xz -9", xz);
    rows.put("gzip -9 after training text", gzipAfterTraining);
    rows.put("xz -9 after training text", xzAfterTraining);
    return Collections.unmodifiableMap(rows);
  }

  /** A loss in nats a byte as bits a byte. */
  public static double bits(double nats) {
    return nats / Math.log(2);
  }

  /** Bits a byte as nats a byte. */
  public static double nats(double bits) {
    return bits * Math.log(2);
  }
}
