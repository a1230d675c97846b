package io.tritter.model;

import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

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

  KeyValueCache(TransformerConfig c) {
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
