package io.tritter.model;

import io.tritter.adapter.SoftPrompt;
import io.tritter.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of a learned prefix and those of the sequences behind it, of one layer at a time:
 * the layers take turns in the same memory, which the backward pass fills again.
 */
final class KeyValuePrefix {
  /** [batch * (length + seqLen), kvSize]. */
  final Tensor keys;

  /** As {@link #keys}. */
  final Tensor values;

  private final SoftPrompt.KeysAndValues prefix;
  private final int batch;
  private final int rows;
  private @Nullable Tensor keyGradients;
  private @Nullable Tensor valueGradients;

  KeyValuePrefix(SoftPrompt.KeysAndValues prefix, int batch, int seqLen) {
    this.prefix = prefix;
    this.batch = batch;
    rows = length() + seqLen;
    keys = Tensor.zeros(batch * rows, prefix.kvSize());
    values = Tensor.zeros(batch * rows, prefix.kvSize());
  }

  /** Positions of the prefix. */
  int length() {
    return prefix.length();
  }

  /**
   * Fills {@link #keys} and {@link #values}.
   *
   * @param k [batch * seqLen, kvSize]
   * @param v as {@code k}
   */
  void join(int layer, Tensor k, Tensor v) {
    for (int b = 0; b < batch; b++) {
      prefix.keys(layer, before(keys, b));
      prefix.values(layer, before(values, b));
      after(keys, b).copyFrom(own(k, b));
      after(values, b).copyFrom(own(v, b));
    }
  }

  /** Memory for the gradient of {@link #keys}. */
  Tensor keyGradients() {
    Tensor held = keyGradients;
    if (held == null) {
      held = Tensor.zeros(keys.shape());
      keyGradients = held;
    }
    return held;
  }

  /** Memory for the gradient of {@link #values}. */
  Tensor valueGradients() {
    Tensor held = valueGradients;
    if (held == null) {
      held = Tensor.zeros(values.shape());
      valueGradients = held;
    }
    return held;
  }

  /** Backward of {@link #join}: writes {@code dk} and {@code dv}, adds to those of the prefix. */
  void split(int layer, Tensor dk, Tensor dv) {
    for (int b = 0; b < batch; b++) {
      prefix.keysBackward(layer, before(keyGradients(), b));
      prefix.valuesBackward(layer, before(valueGradients(), b));
      own(dk, b).copyFrom(after(keyGradients(), b));
      own(dv, b).copyFrom(after(valueGradients(), b));
    }
  }

  private Tensor before(Tensor all, int b) {
    return all.rows(b * rows, b * rows + length());
  }

  private Tensor after(Tensor all, int b) {
    return all.rows(b * rows + length(), (b + 1) * rows);
  }

  private Tensor own(Tensor k, int b) {
    int seqLen = rows - length();
    return k.rows(b * seqLen, (b + 1) * seqLen);
  }
}
