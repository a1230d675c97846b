package io.tritter.model;

import io.tritter.nn.Embedding;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the first block reads: {@code tokens[ids[i], :] (+ positions[i, :])}.
 *
 * @param positions [context, hiddenSize]; null where the attention knows positions by itself
 */
record InputEmbedding(Embedding tokens, @Nullable Parameter positions) {
  /**
   * Looks up sequence after sequence.
   *
   * @param first position of the first id of each sequence
   * @param out [ids.length, hiddenSize]
   * @throws IllegalArgumentException for an id outside the table, before anything is written
   */
  void forward(int[] ids, int seqLen, int first, Tensor out) {
    tokens.forward(ids, out);
    for (int i = 0; positions != null && i < ids.length; i += seqLen) {
      addPositions(first, out.rows(i, i + seqLen));
    }
  }

  /**
   * {@link #forward} of positions that stand for no ids.
   *
   * @param x [n, hiddenSize], what they have in place of rows of the table
   * @param out as {@code x}
   */
  void place(Tensor x, int first, Tensor out) {
    out.copyFrom(x);
    addPositions(first, out);
  }

  private void addPositions(int first, Tensor out) {
    if (positions != null) {
      out.axpby(1f, positions.value().rows(first, first + out.dim(0)), 1f);
    }
  }

  /**
   * Backward of {@link #forward} from position 0.
   *
   * @param ids int32 [rows] in native memory
   * @param dout [rows, hiddenSize]
   */
  void backward(MemorySegment ids, int seqLen, Tensor dout) {
    tokens.backward(ids, dout);
    if (positions != null) {
      Tensor gradient = positions.gradient().rows(0, seqLen);
      for (int i = 0; i < dout.dim(0); i += seqLen) {
        gradient.axpby(1f, dout.rows(i, i + seqLen), 1f);
      }
    }
  }

  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>(tokens.parameters());
    if (positions != null) {
      all.add(positions);
    }
    return all;
  }
}
