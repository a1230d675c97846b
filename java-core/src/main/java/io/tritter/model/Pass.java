package io.tritter.model;

import io.tritter.adapter.SoftPrompt;
import io.tritter.nn.Norm;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The memory of a forward and backward pass over batches of one size. */
final class Pass {
  final int batch;
  final int seqLen;

  /** How many blocks it goes through. */
  final int depth;

  final Segments blocks;

  /** [rows, hiddenSize], without the rows of a prompt. */
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
  private final @Nullable SoftPrompt prompt;

  /** Rows of a prompt that the blocks read before each sequence. */
  private final int lead;

  private @Nullable BlockGradients gradients;

  /**
   * Memory for batches of one size; {@code interval} is that of {@link Segments}.
   *
   * @param depth blocks, from the first
   * @param prompt what comes before each sequence; null for nothing
   */
  Pass(
      TransformerConfig config,
      int batch,
      int seqLen,
      int depth,
      int interval,
      @Nullable SoftPrompt prompt) {
    int rows = batch * seqLen;
    this.config = config;
    this.batch = batch;
    this.seqLen = seqLen;
    this.depth = depth;
    this.prompt = prompt;
    lead = prompt instanceof SoftPrompt.Inputs p ? p.length() : 0;
    KeyValuePrefix prefix =
        prompt instanceof SoftPrompt.KeysAndValues p ? new KeyValuePrefix(p, batch, seqLen) : null;
    blocks = new Segments(config, batch, lead + seqLen, depth, interval, prefix);
    normed = Tensor.zeros(rows, config.hiddenSize());
    logits = Tensor.zeros(rows, config.vocabSize());
    ids = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, rows);
    targets = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, rows);
  }

  void setIds(int[] from) {
    MemorySegment.copy(from, 0, ids, ValueLayout.JAVA_INT, 0, from.length);
  }

  /** What the first block reads: the prompt and then the ids, sequence after sequence. */
  void embed(InputEmbedding embedding, int[] from) {
    Tensor in = blocks.in();
    if (lead == 0) {
      embedding.forward(from, seqLen, prompt == null ? 0 : prompt.length(), in);
      return;
    }
    for (int b = 0; b < batch; b++) {
      int[] sequence = Arrays.copyOfRange(from, b * seqLen, (b + 1) * seqLen);
      embedding.forward(sequence, seqLen, lead, ofSequence(in, b));
      embedding.place(prompt().value(), 0, ofPrompt(in, b));
    }
  }

  /** Norms the rows of the ids behind the last block. */
  void norm(Norm norm) {
    if (lead == 0) {
      norm.forward(blocks.out(), normed);
      return;
    }
    for (int b = 0; b < batch; b++) {
      norm.forward(ofSequence(blocks.out(), b), own(normed, b));
    }
  }

  /**
   * Backward of {@link #norm}.
   *
   * @param dnormed [rows, hiddenSize]
   * @param stream the gradient of what the last block wrote, written
   */
  void normBackward(Norm norm, Tensor dnormed, Tensor stream) {
    if (lead == 0) {
      norm.backward(blocks.out(), dnormed, stream);
      return;
    }
    for (int b = 0; b < batch; b++) {
      ofPrompt(stream, b).clear();
      norm.backward(ofSequence(blocks.out(), b), own(dnormed, b), ofSequence(stream, b));
    }
  }

  /** Backward of {@link #embed} to the prompt. */
  void promptBackward(Tensor stream) {
    for (int b = 0; lead > 0 && b < batch; b++) {
      prompt().gradient().axpby(1f, ofPrompt(stream, b), 1f);
    }
  }

  private Parameter prompt() {
    return Objects.requireNonNull(prompt).embeddings();
  }

  private Tensor ofPrompt(Tensor all, int b) {
    int rows = lead + seqLen;
    return all.rows(b * rows, b * rows + lead);
  }

  private Tensor ofSequence(Tensor all, int b) {
    int rows = lead + seqLen;
    return all.rows(b * rows + lead, (b + 1) * rows);
  }

  private Tensor own(Tensor all, int b) {
    return all.rows(b * seqLen, (b + 1) * seqLen);
  }

  void setTargets(int[] from) {
    MemorySegment.copy(from, 0, targets, ValueLayout.JAVA_INT, 0, from.length);
  }

  /** Scratch of the backward pass, allocated when the first one runs. */
  BlockGradients gradients() {
    BlockGradients g = gradients;
    if (g == null) {
      g = new BlockGradients(config, batch * (lead + seqLen));
      gradients = g;
    }
    return g;
  }
}
