package io.tritter.model;

import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Keys and values of the positions of one sequence so far, for each layer. */
final class KeyValueCache {
  /**
   * Of one layer.
   *
   * @param keys [context, kvSize], turned by their positions
   * @param values [context, kvSize]
   */
  record Layer(Tensor keys, Tensor values) {}

  final List<Layer> layers;

  /** Positions filled. */
  int length;

  private final TransformerConfig config;
  private @Nullable Step next;

  /** What reading {@code count} ids computes; the memory for one id is kept for the next one. */
  Step step(int count) {
    if (count > 1) {
      return new Step(config, count);
    }
    Step step = next == null ? new Step(config, 1) : next;
    next = step;
    return step;
  }

  /** The activations of some ids of one sequence; those of one block, as no pass goes back. */
  static final class Step {
    final BlockActivations block;
    final Tensor last;
    final Tensor normed;

    /** [1, vocabSize]. */
    final Tensor logits;

    private Step(TransformerConfig c, int count) {
      Tensor in = Tensor.zeros(count, c.hiddenSize());
      Tensor out = Tensor.zeros(count, c.hiddenSize());
      block = new BlockActivations(c, 1, count, in, out, BlockActivations.joined(c, count));
      last = in.rows(count - 1, count);
      normed = Tensor.zeros(1, c.hiddenSize());
      logits = Tensor.zeros(1, c.vocabSize());
    }
  }

  KeyValueCache(TransformerConfig c) {
    config = c;
    layers =
        IntStream.range(0, c.layers())
            .mapToObj(
                i ->
                    new Layer(
                        Tensor.zeros(c.context(), c.kvSize()),
                        Tensor.zeros(c.context(), c.kvSize())))
            .toList();
  }
}
