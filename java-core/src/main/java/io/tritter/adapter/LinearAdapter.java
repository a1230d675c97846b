package io.tritter.adapter;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one adapter makes of one layer {@code y = W x + bias}: {@code y = gain * W T(x) + bias +
 * add(x)}. A form overrides the parts that it has.
 */
public abstract sealed class LinearAdapter permits Lora, AdaLora, Ia3, Vera, Loha, Lokr, Rotation {
  private final String layer;
  private final String name;
  private float dropout;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  /**
   * An adapter without parameters yet.
   *
   * @param layer name of the layer, without {@code .weight}
   * @param name of the adapter
   */
  LinearAdapter(String layer, String name) {
    this.layer = layer;
    this.name = name;
  }

  /** The layer, without {@code .weight}. */
  final String layer() {
    return layer;
  }

  /** Leaves out a share of the inputs of {@link #add} in training. */
  final LinearAdapter withDropout(double share) {
    dropout = (float) share;
    return this;
  }

  /** What training leaves out in the pass of a number; null for nothing. */
  final @Nullable Dropout dropout(long pass) {
    long seed = 0x9E3779B97F4A7C15L * (31L * layer.hashCode() + name.hashCode());
    return dropout == 0 ? null : new Dropout(dropout, seed ^ (pass * 0xD1B54A32D192ED03L));
  }

  /** Adds a parameter under the name that it has in PEFT, the adapter's name being part of it. */
  final Parameter parameter(String key, Tensor value) {
    int dot = key.indexOf('.');
    String inner =
        dot < 0 ? key + "." + name : key.substring(0, dot) + "." + name + key.substring(dot);
    Parameter p = Parameter.of(layer + "." + inner, value);
    parameters.put(key, p);
    return p;
  }

  /** What learns, by its key in a PEFT file without the layer, such as {@code lora_A.weight}. */
  public final Map<String, Parameter> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  /** What does not learn and all layers share, by its key in a PEFT file; empty for most. */
  public Map<String, Tensor> shared() {
    return Map.of();
  }

  /** Whether the base layer reads {@code T(x)} instead of {@code x}. */
  boolean changesInput() {
    return false;
  }

  /** {@code out = T(x)} for each row. */
  void input(Tensor x, Tensor out) {
    out.copyFrom(x);
  }

  /** {@code out = T^t(w)} for each row: those of a weight that is merged. */
  void inputTransposed(Tensor w, Tensor out) {
    out.copyFrom(w);
  }

  /** {@code dx += weight * T^t(din)}, and the gradients of the parameters of {@code T}. */
  void inputBackward(Tensor x, Tensor din, float weight, Tensor dx) {
    dx.axpby(weight, din, 1f);
  }

  /** What the outputs of the base layer are multiplied with, [outFeatures]; null for ones. */
  @Nullable Tensor gain() {
    return null;
  }

  /** Whether the gain also multiplies the bias. */
  boolean gainsBias() {
    return false;
  }

  /** Takes the gradient of {@link #gain}. */
  void gainBackward(Tensor dgain) {}

  /** {@code y += weight * add(x)}. */
  void add(Tensor x, float weight, Tensor y) {}

  /** Backward of {@link #add}: adds to {@code dx} and to the gradients of the parameters. */
  void addBackward(Tensor x, Tensor dy, float weight, Tensor dx) {}

  /**
   * {@code w += weight * D} for the matrix with {@code add(x) = D x}, [outFeatures, inFeatures].
   */
  void addDelta(float weight, Tensor w) {}

  /** Computes again what depends on the parameters and is kept. */
  public void weightsChanged() {}
}
