package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole models against transformers: logits, loss, and the gradient of every parameter. */
class TransformerGoldenTest {
  /** Float32 in another order of addition, relative to the largest element. */
  private static final double FORWARD = 1e-4;

  private static final double BACKWARD = 1e-3;

  @ParameterizedTest
  @CsvSource({
    "llama_tiny, llama_tiny_logits",
    "llama_biased, llama_biased_logits",
    "gpt2_tiny, gpt2_tiny_logits",
    "bitnet_online, bitnet_online_logits",
    "llama_sharded, llama_tiny_logits",
    "bitnet_packed, bitnet_packed_logits",
    "bitnet_packed_inverse_scale, bitnet_packed_inverse_scale_logits"
  })
  void logitsEqualThoseOfTransformers(String directory, String golden) throws IOException {
    Golden.Case expected = Golden.load(golden);
    Tensor ids = expected.get("ids");
    Transformer model = Transformer.load(Golden.path(directory));
    Tensor logits = model.forward(ints(ids), ids.dim(0));
    assertClose("logits", expected.get("logits"), logits, FORWARD);
  }

  @ParameterizedTest
  @CsvSource({
    "llama_tiny, llama_tiny_logits",
    "llama_biased, llama_biased_logits",
    "gpt2_tiny, gpt2_tiny_logits",
    "bitnet_online, bitnet_online_grads"
  })
  void gradientsEqualThoseOfTransformers(String directory, String golden) throws IOException {
    Golden.Case expected = Golden.load(golden);
    Tensor ids = expected.get("ids");
    Transformer model = Transformer.load(Golden.path(directory));
    model.forward(ints(ids), ids.dim(0));
    double loss = model.lossAndBackward(shifted(ids));
    assertEquals(expected.get("loss").get(0), loss, 1e-4);
    int compared = 0;
    for (Parameter p : model.parameters()) {
      assertClose(p.name(), expected.get("grad." + p.name()), p.gradient(), BACKWARD);
      compared++;
    }
    assertEquals(expected.keySet().stream().filter(k -> k.startsWith("grad.")).count(), compared);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama_tiny", "llama_biased", "gpt2_tiny"})
  void greedyIdsEqualThoseOfTransformers(String directory) throws IOException {
    Golden.Case expected = Golden.load(directory + "_logits");
    int promptLength = expected.get("ids").dim(1);
    int[] greedy = ints(expected.get("greedy"));
    int[] prompt = Arrays.copyOf(greedy, promptLength);
    Generator generator =
        new Generator(Transformer.load(Golden.path(directory)), prompt, Sampling.GREEDY, 0);
    for (int i = promptLength; i < greedy.length; i++) {
      assertEquals(greedy[i], generator.next(), "id " + i);
    }
  }

  @Test
  void anUnknownIdIsRefused() throws IOException {
    Transformer model = Transformer.load(Golden.path("llama_tiny"));
    IllegalArgumentException e =
        org.junit.jupiter.api.Assertions.assertThrows(
            IllegalArgumentException.class, () -> model.forward(new int[] {3, 97}, 1));
    assertEquals("ids[1]: expected 0 to 96, got 97", e.getMessage());
  }

  private static int[] ints(Tensor ids) {
    int[] out = new int[(int) ids.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) ids.get(i);
    }
    return out;
  }

  /** Each position's target is the next id; the last of a sequence has none. */
  private static int[] shifted(Tensor ids) {
    int[] out = ints(ids);
    int n = ids.dim(1);
    for (int i = 0; i < out.length; i++) {
      out[i] = i % n == n - 1 ? -100 : (int) ids.get(i + 1);
    }
    return out;
  }

  private static void assertClose(String name, Tensor expected, Tensor actual, double bound) {
    double largest = 0;
    double error = 0;
    for (long i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(expected.get(i)));
      error = Math.max(error, Math.abs(expected.get(i) - actual.get(i)));
    }
    assertTrue(error <= bound * largest, name + ": off by " + error + " of " + largest);
  }
}
