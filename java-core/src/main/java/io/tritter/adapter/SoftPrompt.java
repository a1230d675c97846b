package io.tritter.adapter;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;

/** Positions before each sequence that stand for no ids: numbers that learn in their place. */
public sealed interface SoftPrompt {
  /** The numbers, [length, ...]. */
  Parameter embeddings();

  /** How many positions. */
  default int length() {
    return embeddings().value().dim(0);
  }

  /** A parameter under the name that it has in PEFT. */
  static Parameter parameter(String name, Tensor value) {
    return Parameter.of("prompt_encoder." + name + ".embedding.weight", value);
  }

  /**
   * What the first block reads.
   *
   * @param embeddings [length, hiddenSize]
   */
  record Inputs(Parameter embeddings) implements SoftPrompt {}

  /**
   * Keys and values of every layer; no positions turn them.
   *
   * @param embeddings [length, layers, 2, kvSize], flat from the second dimension on
   */
  record KeysAndValues(Parameter embeddings, int kvSize) implements SoftPrompt {
    /** Copies the keys of a layer, [length, kvSize]. */
    public void keys(int layer, Tensor out) {
      copy(2 * layer, out);
    }

    /** Copies the values of a layer, [length, kvSize]. */
    public void values(int layer, Tensor out) {
      copy(2 * layer + 1, out);
    }

    /** Adds to the gradient of {@link #keys}. */
    public void keysBackward(int layer, Tensor dkeys) {
      add(2 * layer, dkeys);
    }

    /** Adds to the gradient of {@link #values}. */
    public void valuesBackward(int layer, Tensor dvalues) {
      add(2 * layer + 1, dvalues);
    }

    private void copy(int part, Tensor out) {
      for (int i = 0; i < length(); i++) {
        out.rows(i, i + 1).copyFrom(part(embeddings.value(), i, part));
      }
    }

    private void add(int part, Tensor d) {
      for (int i = 0; i < length(); i++) {
        part(embeddings.gradient(), i, part).axpby(1f, d.rows(i, i + 1), 1f);
      }
    }

    private Tensor part(Tensor all, int row, int part) {
      return all.rows(row, row + 1).reshape(all.dim(1) / kvSize, kvSize).rows(part, part + 1);
    }
  }
}
