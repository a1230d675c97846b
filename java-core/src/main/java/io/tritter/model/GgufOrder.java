package io.tritter.model;

import io.tritter.model.TransformerConfig.Architecture;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.tensor.Tensor;

/** The order of the numbers in tensors that GGUF files have otherwise than Hugging Face. */
final class GgufOrder {
  private GgufOrder() {}

  /** Of a parameter as it is in the file; the tensor itself where the order is the same. */
  static Tensor toFile(String name, Tensor values, TransformerConfig config) {
    if (inputsFirst(name, config)) {
      return transpose(values);
    }
    int heads = rotatedHeads(name, config);
    return heads == 0 ? values : reorder(values, heads, true);
  }

  /** The inverse of {@link #toFile}. */
  static Tensor fromFile(String name, Tensor values, TransformerConfig config) {
    if (inputsFirst(name, config)) {
      return transpose(values);
    }
    int heads = rotatedHeads(name, config);
    return heads == 0 ? values : reorder(values, heads, false);
  }

  /** Whether Hugging Face has the matrix as [in, out]; in GGUF files each one is [out, in]. */
  private static boolean inputsFirst(String name, TransformerConfig config) {
    return config.architecture() == Architecture.GPT2
        && name.contains(".c_")
        && name.endsWith(".weight");
  }

  /**
   * The heads' number of a matrix or bias whose rows {@code llama} has in another order, else 0: it
   * rotates neighbours where Hugging Face rotates the two halves of a head.
   */
  private static int rotatedHeads(String name, TransformerConfig config) {
    if (config.weights() == Weights.BITNET) {
      return 0;
    }
    return name.contains(".q_proj.")
        ? config.heads()
        : name.contains(".k_proj.") ? config.kvHeads() : 0;
  }

  /**
   * Rows from halves to neighbours, head by head: row 2 i + s of a head is row s * half + i; or
   * back.
   */
  private static Tensor reorder(Tensor matrix, int heads, boolean interleave) {
    int dim = matrix.dim(0) / heads;
    int half = dim / 2;
    Tensor out = Tensor.zeros(matrix.shape());
    for (int row = 0; row < matrix.dim(0); row++) {
      int head = row / dim * dim;
      int i = row % dim;
      int halves = head + i % 2 * half + i / 2;
      int from = interleave ? halves : row;
      int to = interleave ? row : halves;
      out.rows(to, to + 1).copyFrom(matrix.rows(from, from + 1));
    }
    return out;
  }

  private static Tensor transpose(Tensor matrix) {
    int rows = matrix.dim(0);
    int cols = matrix.dim(1);
    Tensor out = Tensor.zeros(cols, rows);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        out.set((long) c * rows + r, matrix.get((long) r * cols + c));
      }
    }
    return out;
  }
}
