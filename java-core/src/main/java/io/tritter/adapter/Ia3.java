package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = l * (W x + bias)}, or {@code y = W (l * x) + bias} in a feed-forward layer (Liu et
 * al., 2022).
 */
final class Ia3 extends LinearAdapter {
  private final boolean feedForward;
  private final Parameter scale;

  /** The scale as [features]. */
  private final Tensor flat;

  Ia3(String layer, String name, Linear base, boolean feedForward) {
    super(layer, name);
    this.feedForward = feedForward;
    int features = feedForward ? base.inFeatures() : base.outFeatures();
    float[] ones = new float[features];
    Arrays.fill(ones, 1f);
    flat = Tensor.of(ones, features);
    scale = parameter("ia3_l", feedForward ? flat.reshape(1, features) : flat.reshape(features, 1));
  }

  @Override
  boolean changesInput() {
    return feedForward;
  }

  @Override
  void input(Tensor x, Tensor out) {
    Columns.scale(x, flat, out);
  }

  @Override
  void inputTransposed(Tensor w, Tensor out) {
    Columns.scale(w, flat, out);
  }

  @Override
  void inputBackward(Tensor x, Tensor din, float weight, Tensor dx) {
    Columns.addScaled(din, flat, weight, dx);
    Columns.addDots(x, din, weight, scale.gradient());
  }

  @Override
  @Nullable Tensor gain() {
    return feedForward ? null : flat;
  }

  @Override
  boolean gainsBias() {
    return true;
  }

  @Override
  void gainBackward(Tensor dgain) {
    scale.gradient().axpby(1f, dgain, 1f);
  }
}
