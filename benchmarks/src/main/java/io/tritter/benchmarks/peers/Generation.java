package io.tritter.benchmarks.peers;

import io.tritter.kernel.Activation;
import io.tritter.model.Generator;
import io.tritter.model.Preset;
import io.tritter.model.Sampling;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Generation with random models beside the library that others generate with. The packed model is
 * in the folder, for the other side.
 */
final class Generation {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of("prefill", Generation::prefill, "generation", Generation::generation);

  private static final int POSITIONS = 512;

  private Generation() {}

  /** Input int32 prompt; the output are the scores behind it. */
  private static List<Implementation> prefill(Request r) {
    int[] prompt = r.integers(0);
    Transformer model = saved(r);
    return List.of(
        new Implementation(
            Implementation.OURS,
            () -> new Generator(model, prompt, Sampling.GREEDY, 1),
            () -> {
              Tensor logits = model.forward(prompt, 1);
              return List.of(logits.rows(prompt.length - 1, prompt.length).data());
            }));
  }

  /**
   * Input int32 prompt; {@code count} ids are made. The output is their number: which ids they are
   * may turn on a rounding.
   */
  private static List<Implementation> generation(Request r) {
    int[] prompt = r.integers(0);
    int count = r.size("count");
    Transformer model = saved(r);
    int[] made = new int[1];
    return Implementation.ours(
        () -> {
          Generator generator = new Generator(model, prompt, Sampling.GREEDY, 1);
          for (made[0] = 0; made[0] < count; made[0]++) {
            generator.next();
          }
        },
        MemorySegment.ofArray(made));
  }

  /** Size {@code model}: 0 the demo's with more positions, then the presets. */
  private static Transformer saved(Request r) {
    int index = r.size("model");
    TransformerConfig config =
        index == 0
            ? new TransformerConfig(
                256,
                128,
                352,
                4,
                4,
                4,
                POSITIONS,
                10_000f,
                1e-5f,
                Weights.BITNET,
                Activation.SILU,
                true,
                true)
            : Preset.ALL.get(index - 1).config();
    Transformer model = Transformer.random(config, 1).pack();
    try {
      model.save(r.folder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }
}
