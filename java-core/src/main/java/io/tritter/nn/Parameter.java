package io.tritter.nn;

import io.tritter.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A named weight and its gradient, whose memory is there once somebody asks for it. */
public final class Parameter {
  private final String name;
  private final Tensor value;
  private @Nullable Tensor gradient;

  private Parameter(String name, Tensor value) {
    this.name = name;
    this.value = value;
  }

  /** A parameter of the given value with a gradient of zeros. */
  public static Parameter of(String name, Tensor value) {
    return new Parameter(name, value);
  }

  /** Another value under the same name, with this gradient: what a copy of the weight learns by. */
  public Parameter withValue(Tensor other) {
    Parameter copy = new Parameter(name, other);
    copy.gradient = gradient();
    return copy;
  }

  /** The name in a Hugging Face checkpoint, such as {@code model.norm.weight}. */
  public String name() {
    return name;
  }

  public Tensor value() {
    return value;
  }

  /** Of the same shape; backward passes add to it. */
  public synchronized Tensor gradient() {
    Tensor held = gradient;
    if (held == null) {
      held = Tensor.zeros(value.shape());
      gradient = held;
    }
    return held;
  }

  /** Sets the gradient to zero. */
  public synchronized void clearGradient() {
    if (gradient != null) {
      gradient.clear();
    }
  }

  /** Whether weight decay applies: matrices yes, norms and biases no. */
  public boolean decays() {
    return value.rank() > 1;
  }

  @Override
  public String toString() {
    return name + ": " + value;
  }
}
