package io.tritter.model;

import io.tritter.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** The memory of a forward and backward pass over batches of one size. */
final class Pass {
  final int batch;
  final int seqLen;

  final Segments blocks;
  final Tensor normed;

  /** [rows, vocabSize]; the backward pass turns them into their gradient. */
  final Tensor logits;

  /** int32 [rows]: what the last forward pass has read. */
  final MemorySegment ids;

  /** int32 [rows]. */
  final MemorySegment targets;

  /**
   * Whether the activations and logits are those of {@link #ids}: the backward pass uses them up.
   */
  boolean complete;

  private final TransformerConfig config;
  private @Nullable BlockGradients gradients;

  /** Memory for batches of one size; {@code interval} is that of {@link Segments}. */
  Pass(TransformerConfig config, int batch, int seqLen, int interval) {
    int rows = batch * seqLen;
    this.config = config;
    this.batch = batch;
    this.seqLen = seqLen;
    blocks = new Segments(config, batch, seqLen, interval);
    normed = Tensor.zeros(rows, config.hiddenSize());
    logits = Tensor.zeros(rows, config.vocabSize());
    ids = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, rows);
    targets = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, rows);
  }

  void setIds(int[] from) {
    MemorySegment.copy(from, 0, ids, ValueLayout.JAVA_INT, 0, from.length);
  }

  void setTargets(int[] from) {
    MemorySegment.copy(from, 0, targets, ValueLayout.JAVA_INT, 0, from.length);
  }

  /** Scratch of the backward pass, allocated when the first one runs. */
  BlockGradients gradients() {
    BlockGradients g = gradients;
    if (g == null) {
      g = new BlockGradients(config, batch * seqLen);
      gradients = g;
    }
    return g;
  }
}
