package io.tritter.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BaselinesTest {
  @Test
  void unigramIsTheCrossEntropyOfTheFrequencies() {
    // Three a and one b: p(a) = 3.5/132, p(b) = 1.5/132.
    double wanted = -(Math.log(3.5 / 132) + Math.log(1.5 / 132)) / 2 / Math.log(2);
    assertEquals(wanted, new BigramModel(bytes("aaab")).unigramBits(bytes("xab")), 1e-12);
  }

  @Test
  void bigramProbabilitiesOfOneByteAddUpToOne() {
    BigramModel model = new BigramModel(bytes("the cat sat on the mat"));
    for (int a : new int[] {'t', ' ', 'z'}) {
      for (double weight : new double[] {0.1, 1, 1000}) {
        double sum = 0;
        for (int b = 0; b < 256; b++) {
          sum += model.probability(a, b, weight);
        }
        assertEquals(1, sum, 1e-12, "after " + a + ", weight " + weight);
      }
    }
  }

  @Test
  void aTextOfPairsCostsAFairBigramNothing() {
    byte[] text = bytes("ab".repeat(5000));
    Baselines b = Baselines.measure(text, bytes("ab".repeat(100)));
    assertTrue(b.bigram() < 1e-3, "bigram " + b.bigram());
    assertTrue(b.unigram() > 0.9, "unigram " + b.unigram());
  }

  @Test
  void randomBytesCannotBeModelled() {
    byte[] training = random(1, 200_000);
    byte[] heldOut = random(2, 50_000);
    Baselines b = Baselines.measure(training, heldOut);
    b.byName()
        .forEach((name, bits) -> assertTrue(bits > 7.99 && bits < 8.1, name + " needs " + bits));
  }

  @Test
  void compressorsThatKnowTheTextNeedAlmostNothing() {
    byte[] text = random(3, 20_000);
    Baselines b = Baselines.measure(text, text);
    assertTrue(b.gzip() > 8, "gzip " + b.gzip());
    assertTrue(b.xz() > 8, "xz " + b.xz());
    assertTrue(b.gzipAfterTraining() < 0.1, "gzip after training " + b.gzipAfterTraining());
    assertTrue(b.xzAfterTraining() < 0.1, "xz after training " + b.xzAfterTraining());
  }

  @Test
  void gzipLooksBackThirtyTwoKibibytesAndXzFurther() {
    byte[] known = random(4, 10_000);
    byte[] training = new byte[100_000];
    System.arraycopy(known, 0, training, 0, known.length);
    Baselines b = Baselines.measure(training, known);
    assertTrue(b.gzipAfterTraining() > 8, "gzip after training " + b.gzipAfterTraining());
    assertTrue(b.xzAfterTraining() < 0.2, "xz after training " + b.xzAfterTraining());
  }

  @Test
  void realTextComesInTheOrderThatIsKnown() {
    // Words drawn by Zipf's law: more structure than pairs of bytes show.
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    while (text.length() < 400_000) {
      int rank = (int) Math.exp(random.nextDouble() * Math.log(2000));
      text.append(Integer.toString(rank * 7919, 36)).append(' ');
    }
    byte[] all = bytes(text.toString());
    Baselines b =
        Baselines.measure(
            Arrays.copyOf(all, 350_000), Arrays.copyOfRange(all, 350_000, all.length));
    assertTrue(b.bigram() < b.unigram());
    assertTrue(b.xz() < b.gzip());
    assertTrue(b.xzAfterTraining() < b.xz());
    assertTrue(b.gzipAfterTraining() < b.gzip());
    assertEquals(
        List.of(
            "unigram",
            "bigram",
            "gzip -9",
            "xz -9",
            "gzip -9 after training text",
            "xz -9 after training text"),
        List.copyOf(b.byName().keySet()));
  }

  @Test
  void natsAndBitsConvertBothWays() {
    assertEquals(8, Baselines.bits(Math.log(256)), 1e-12);
    assertEquals(1.5, Baselines.bits(Baselines.nats(1.5)), 1e-12);
  }

  @Test
  void textsWithoutBytesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Baselines.measure(new byte[0], new byte[2]));
    assertThrows(IllegalArgumentException.class, () -> Baselines.measure(new byte[1], new byte[1]));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
