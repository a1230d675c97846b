package io.tritter.hybrid;

import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;

/** A weighted least-squares line through the gradients of past steps, element by element. */
interface LineFit {
  /** Adds the gradients of a step later than all others. */
  void add(long step, List<Tensor> gradients);

  /** The latest step that was added, -1 if there is none. */
  long latest();

  /** Writes the line's values at a step to {@code out}; at least one step must have been added. */
  void valueAt(long step, List<Tensor> out);

  /** Number of float32 numbers held. */
  long floats();

  void reset();

  State state();

  void load(State state);
}
