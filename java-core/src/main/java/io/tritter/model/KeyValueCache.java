package io.tritter.model;

import io.tritter.adapter.SoftPrompt;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Keys and values of the positions of one sequence so far, for each layer. */
final class KeyValueCache {
  /** Positions at first; short texts then take little, and long ones few copies. */
  private static final int FIRST_CAPACITY = 64;

  /**
   * Of one layer.
   *
   * @param keys [capacity, kvSize], turned by their positions
   * @param values [capacity, kvSize]
   */
  record Layer(Tensor keys, Tensor values) {}

  List<Layer> layers;

  /** Positions filled. */
  int length;

  private final TransformerConfig config;
  private @Nullable Step next;

  /**
   * What reading {@code count} more ids computes; the memory for one id is kept for the next one.
   */
  private Step step(int count) {
    reserve(count);
    if (count > 1) {
      return new Step(config, count);
    }
    Step step = next == null ? new Step(config, 1) : next;
    next = step;
    return step;
  }

  /** The activations of some ids of one sequence; those of one block, as no pass goes back. */
  private static final class Step {
    final BlockActivations block;
    final Tensor last;
    final Tensor normed;

    /** [1, vocabSize]. */
    final Tensor logits;

    private Step(TransformerConfig c, int count) {
      Tensor in = Tensor.zeros(count, c.hiddenSize());
      Tensor out = Tensor.zeros(count, c.hiddenSize());
      block = new BlockActivations(c, 1, count, null, in, out, BlockActivations.joined(c, count));
      last = in.rows(count - 1, count);
      normed = Tensor.zeros(1, c.hiddenSize());
      logits = Tensor.zeros(1, c.vocabSize());
    }
  }

  KeyValueCache(TransformerConfig c) {
    config = c;
    layers = layers(Math.min(c.context(), FIRST_CAPACITY));
  }

  /**
   * Feeds ids to a model after those that are here.
   *
   * @return scores of what follows the last one, [1, vocab], overwritten by the next call
   */
  Tensor feed(Transformer model, int[] ids) {
    SoftPrompt prompt = model.prompt();
    if (length == 0 && prompt != null) {
      begin(model, prompt);
    }
    Step step = step(ids.length);
    model.embedding().forward(ids, ids.length, length, step.block.in);
    decode(model, step);
    model.norm().forward(step.last, step.normed);
    model.head().forward(step.normed, step.logits);
    return step.logits;
  }

  private void begin(Transformer model, SoftPrompt prompt) {
    switch (prompt) {
      case SoftPrompt.Inputs p -> {
        Step step = step(p.length());
        model.embedding().place(p.embeddings().value(), 0, step.block.in);
        decode(model, step);
      }
      case SoftPrompt.KeysAndValues p -> begin(p);
    }
  }

  private void decode(Transformer model, Step step) {
    BlockActivations a = step.block;
    for (int i = 0; i < layers.size(); i++) {
      model.blocks().get(i).decode(a, layers.get(i), length);
      a.in.copyFrom(a.out);
    }
    length += a.seqLen;
  }

  /** Begins with the keys and values of a prefix. */
  private void begin(SoftPrompt.KeysAndValues prefix) {
    reserve(prefix.length());
    for (int i = 0; i < layers.size(); i++) {
      prefix.keys(i, layers.get(i).keys().rows(0, prefix.length()));
      prefix.values(i, layers.get(i).values().rows(0, prefix.length()));
    }
    length = prefix.length();
  }

  /** Room for so many more positions: at least twice as many as before, at most the context. */
  private void reserve(int count) {
    int needed = Math.min(config.context(), length + count);
    int capacity = layers.get(0).keys().dim(0);
    if (needed > capacity) {
      List<Layer> before = layers;
      layers = layers(Math.min(config.context(), Math.max(needed, 2 * capacity)));
      for (int i = 0; i < before.size(); i++) {
        copy(before.get(i).keys(), layers.get(i).keys());
        copy(before.get(i).values(), layers.get(i).values());
      }
    }
  }

  private void copy(Tensor from, Tensor to) {
    to.rows(0, length).copyFrom(from.rows(0, length));
  }

  private List<Layer> layers(int capacity) {
    return IntStream.range(0, config.layers())
        .mapToObj(
            i ->
                new Layer(
                    Tensor.zeros(capacity, config.kvSize()),
                    Tensor.zeros(capacity, config.kvSize())))
        .toList();
  }
}
