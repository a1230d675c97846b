package io.tritter.model;

import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The activations of the blocks, of as many of them as a segment has; the segments take turns in
 * the same memory, and of each but the last only the input is kept (Chen et al., 2016). The
 * backward pass computes a segment again before it goes through it, to the same bits.
 */
final class Segments {
  private final int layers;
  private final int interval;
  private final List<BlockActivations> blocks = new ArrayList<>();

  /** The input of each segment but the last. */
  private final List<Tensor> inputs = new ArrayList<>();

  /**
   * Memory for {@code batch * seqLen} rows.
   *
   * @param layers blocks of all segments
   * @param interval blocks of a segment; all layers: nothing is computed twice
   * @param prefix what the attention sees before the sequences; null for nothing
   */
  Segments(
      TransformerConfig config,
      int batch,
      int seqLen,
      int layers,
      int interval,
      @Nullable KeyValuePrefix prefix) {
    this.layers = layers;
    this.interval = Math.min(interval, layers);
    int rows = batch * seqLen;
    Tensor joined = BlockActivations.joined(config, rows);
    Tensor in = Tensor.zeros(rows, config.hiddenSize());
    for (int i = 0; i < this.interval; i++) {
      Tensor out = Tensor.zeros(rows, config.hiddenSize());
      blocks.add(new BlockActivations(config, batch, seqLen, prefix, in, out, joined));
      in = out;
    }
    for (int first = this.interval; first < layers; first += this.interval) {
      inputs.add(Tensor.zeros(rows, config.hiddenSize()));
    }
  }

  /** [rows, hiddenSize]: what the first block reads. */
  Tensor in() {
    return blocks.get(0).in;
  }

  /** The residual stream behind the last block, [rows, hiddenSize]. */
  Tensor out() {
    return blocks.get((layers - 1) % interval).out;
  }

  /** From {@link #in} to {@link #out}. */
  void forward(List<Block> model) {
    for (int s = 0; s <= inputs.size(); s++) {
      if (s > 0) {
        in().copyFrom(blocks.get(interval - 1).out);
      }
      if (s < inputs.size()) {
        inputs.get(s).copyFrom(in());
      }
      forward(model, s);
    }
  }

  private void forward(List<Block> model, int segment) {
    List<Block> part = segment(model, segment);
    for (int i = 0; i < part.size(); i++) {
      blocks.get(i).layer = segment * interval + i;
      part.get(i).forward(blocks.get(i));
    }
  }

  /**
   * Backward of {@link #forward}, once.
   *
   * @param g {@code g.stream} holds the gradient of {@link #out} and receives that of {@link #in}
   */
  void backward(List<Block> model, BlockGradients g) {
    for (int s = inputs.size(); s >= 0; s--) {
      if (s < inputs.size()) {
        in().copyFrom(inputs.get(s));
        forward(model, s);
      }
      List<Block> part = segment(model, s);
      for (int i = part.size() - 1; i >= 0; i--) {
        part.get(i).backward(blocks.get(i), g);
      }
    }
  }

  private List<Block> segment(List<Block> model, int segment) {
    int first = segment * interval;
    return model.subList(first, Math.min(layers, first + interval));
  }
}
