package io.tritter.model;

import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.tensor.Check;
import java.util.List;

/**
 * A configuration by the name of its size: BitNets with the vocabulary of Llama 2, whose rows fit
 * the blocks of every packed layout (multiples of 256), and the four GPT-2.
 */
public record Preset(String name, TransformerConfig config) {
  private static final int BITNET_VOCABULARY = 32_000;
  private static final int BITNET_CONTEXT = 2048;
  private static final int GPT2_VOCABULARY = 50_257;
  private static final int GPT2_CONTEXT = 1024;

  /** Smallest first, the BitNets before the others. */
  public static final List<Preset> ALL =
      List.of(
          bitnet("100m", 768, 1792, 12, 12, true),
          bitnet("350m", 1024, 2816, 24, 16, true),
          bitnet("500m", 1280, 3328, 24, 20, true),
          bitnet("1.3b", 2048, 5632, 24, 16, true),
          bitnet("2.7b", 2560, 6912, 32, 20, false),
          bitnet("7b", 4096, 11_520, 32, 32, false),
          gpt2("gpt2_small", 768, 12, 12),
          gpt2("gpt2_medium", 1024, 24, 16),
          gpt2("gpt2_large", 1280, 36, 20),
          gpt2("gpt2_xl", 1600, 48, 25));

  /**
   * The preset of a name.
   *
   * @throws IllegalArgumentException for another name; the message has the known ones
   */
  public static Preset of(String name) {
    List<String> names = ALL.stream().map(Preset::name).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw Check.expected("preset", "one of " + names, "'" + name + "'");
    }
    return ALL.get(index);
  }

  private static Preset bitnet(
      String name, int hidden, int intermediate, int layers, int heads, boolean tied) {
    return new Preset(
        name,
        new TransformerConfig(
            BITNET_VOCABULARY,
            hidden,
            intermediate,
            layers,
            heads,
            heads,
            BITNET_CONTEXT,
            10_000f,
            1e-5f,
            Weights.BITNET,
            Activation.SILU,
            true,
            tied));
  }

  private static Preset gpt2(String name, int hidden, int layers, int heads) {
    return new Preset(
        name, TransformerConfig.gpt2(GPT2_VOCABULARY, hidden, layers, heads, GPT2_CONTEXT));
  }
}
