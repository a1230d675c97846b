package io.tritter.adapter;

import io.tritter.bitnet.BitLinear;
import io.tritter.bitnet.QatLinear;
import io.tritter.kernel.Kernels;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.nn.SharedInput;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that does not learn, with adapters that do: {@code y = base(x) + sum_i weight_i *
 * (adapter_i(x) - base(x))}; adapters that change the input mix what the base layer reads in the
 * same way. Without adapters it is the frozen layer.
 *
 * <p>One thread at a time.
 */
public final class AdaptedLinear implements Linear {
  /** An adapter that counts. */
  public record Active(LinearAdapter adapter, float weight) {}

  private final String name;
  private final Linear base;
  private final @Nullable Tensor bias;
  private List<Active> active = List.of();
  private boolean training;
  private long pass;
  private @Nullable DenseLinear merged;

  /**
   * A frozen layer.
   *
   * @param name without {@code .weight}
   */
  public AdaptedLinear(String name, Linear base) {
    this.name = name;
    this.base = base;
    bias = BaseWeight.bias(base);
  }

  /** The frozen layer. */
  public Linear base() {
    return base;
  }

  /** What counts. */
  public List<Active> activeAdapters() {
    return active;
  }

  /** Sets what counts from now on; a merged layer is unmerged first. */
  public void activate(List<Active> adapters) {
    unmerge();
    active = List.copyOf(adapters);
  }

  /** Whether dropout acts from now on. */
  public void training(boolean on) {
    training = on;
  }

  /**
   * Begins the pass of a number, in which forward and backward leave out the same inputs, those
   * that this number draws.
   */
  public void beginPass(long number) {
    pass = number;
  }

  /** Computes again what the adapters keep, after a change of their parameters. */
  public void weightsChanged() {
    active.forEach(a -> a.adapter().weightsChanged());
  }

  @Override
  public int inFeatures() {
    return base.inFeatures();
  }

  @Override
  public int outFeatures() {
    return base.outFeatures();
  }

  @Override
  public void forward(Tensor x, Tensor y) {
    if (merged != null) {
      merged.forward(x, y);
    } else {
      base.forward(input(x), y);
      addOutputs(x, y);
    }
  }

  @Override
  public void forward(SharedInput x, Tensor y) {
    if (merged != null) {
      merged.forward(x, y);
    } else if (active.isEmpty()) {
      base.forward(x, y);
    } else if (changesInput()) {
      forward(x.values(), y);
    } else {
      base.forward(x, y);
      addOutputs(x.values(), y);
    }
  }

  private boolean changesInput() {
    return active.stream().anyMatch(a -> a.adapter().changesInput());
  }

  /** What the base layer reads. */
  private Tensor input(Tensor x) {
    if (!changesInput()) {
      return x;
    }
    Tensor in = Work.INPUT.of(x.dim(0), x.dim(1));
    Tensor part = Work.INPUT_GRADIENT.of(x.dim(0), x.dim(1));
    in.axpby(1 - inputWeights(), x, 0f);
    for (Active a : active) {
      if (a.adapter().changesInput()) {
        a.adapter().input(x, part);
        in.axpby(a.weight(), part, 1f);
      }
    }
    return in;
  }

  private float inputWeights() {
    float sum = 0;
    for (Active a : active) {
      sum += a.adapter().changesInput() ? a.weight() : 0;
    }
    return sum;
  }

  private void addOutputs(Tensor x, Tensor y) {
    Tensor gain = gain(false);
    if (gain != null) {
      Columns.scale(y, gain, y);
      Tensor lost = lostBias(gain);
      if (lost != null) {
        Columns.addRow(lost, 1f, y);
      }
    }
    for (Active a : active) {
      a.adapter().add(dropped(x, dropout(a)), a.weight(), y);
    }
  }

  private @Nullable Dropout dropout(Active a) {
    return training ? a.adapter().dropout(pass) : null;
  }

  private static Tensor dropped(Tensor x, @Nullable Dropout dropout) {
    if (dropout == null) {
      return x;
    }
    Tensor kept = Work.DROPPED.of(x.dim(0), x.dim(1));
    dropout.apply(x, kept);
    return kept;
  }

  private void addBackward(Active a, Tensor x, Tensor dy, Tensor dx) {
    Dropout dropout = dropout(a);
    if (dropout == null) {
      a.adapter().addBackward(x, dy, a.weight(), dx);
      return;
    }
    Tensor kept = Work.DROPPED_GRADIENT.of(x.dim(0), x.dim(1));
    kept.clear();
    a.adapter().addBackward(dropped(x, dropout), dy, a.weight(), kept);
    dropout.backward(kept, dx);
  }

  /** {@code 1 + sum_i weight_i * (gain_i - 1)}, of all or of those that multiply the bias. */
  private @Nullable Tensor gain(boolean ofBias) {
    float[] sum = null;
    for (Active a : active) {
      Tensor g = a.adapter().gain();
      if (g != null && (!ofBias || a.adapter().gainsBias())) {
        if (sum == null) {
          sum = new float[outFeatures()];
          Arrays.fill(sum, 1f);
        }
        for (int i = 0; i < sum.length; i++) {
          sum[i] += a.weight() * (g.get(i) - 1);
        }
      }
    }
    return sum == null ? null : Tensor.of(sum, sum.length);
  }

  /** What the bias lacks after {@code gain} has multiplied all outputs; null for nothing. */
  private @Nullable Tensor lostBias(Tensor gain) {
    if (bias == null) {
      return null;
    }
    Tensor ofBias = gain(true);
    Tensor lost = Tensor.zeros(outFeatures());
    for (int i = 0; i < lost.size(); i++) {
      lost.set(i, bias.get(i) * ((ofBias == null ? 1 : ofBias.get(i)) - gain.get(i)));
    }
    return lost;
  }

  @Override
  public void backward(Tensor x, Tensor dy, Tensor dx, boolean accumulate) {
    Check.shape("x", x.shape(), dy.dim(0), inFeatures());
    if (merged != null || active.isEmpty()) {
      backwardInput(dy, dx, accumulate);
      return;
    }
    Tensor dproduct = gainBackward(x, dy);
    if (changesInput()) {
      Tensor din = Work.INPUT_GRADIENT.of(x.dim(0), inFeatures());
      base.backwardInput(dproduct, din, false);
      dx.axpby(1 - inputWeights(), din, accumulate ? 1f : 0f);
      for (Active a : active) {
        if (a.adapter().changesInput()) {
          a.adapter().inputBackward(x, din, a.weight(), dx);
        }
      }
    } else {
      base.backwardInput(dproduct, dx, accumulate);
    }
    for (Active a : active) {
      addBackward(a, x, dy, dx);
    }
  }

  @Override
  public void backward(SharedInput x, Tensor dy, Tensor dx, boolean accumulate) {
    if (merged != null || active.isEmpty()) {
      backwardInput(dy, dx, accumulate);
    } else {
      backward(x.values(), dy, dx, accumulate);
    }
  }

  /** The gradient of the base layer's outputs, which are computed again for that of the gains. */
  private Tensor gainBackward(Tensor x, Tensor dy) {
    Tensor gain = gain(false);
    if (gain == null) {
      return dy;
    }
    int rows = dy.dim(0);
    Tensor product = Work.PRODUCT.of(rows, outFeatures());
    base.forward(input(x), product);
    Tensor withBias = Tensor.zeros(outFeatures());
    Columns.addDots(product, dy, 1f, withBias);
    Tensor without = withBias;
    if (bias != null) {
      Columns.addRow(bias, -1f, product);
      without = Tensor.zeros(outFeatures());
      Columns.addDots(product, dy, 1f, without);
    }
    for (Active a : active) {
      if (a.adapter().gain() != null) {
        Tensor dgain = (a.adapter().gainsBias() ? withBias : without).copy();
        dgain.axpby(a.weight(), dgain, 0f);
        a.adapter().gainBackward(dgain);
      }
    }
    Tensor dproduct = Work.OUTPUT_GRADIENT.of(rows, outFeatures());
    Columns.scale(dy, gain, dproduct);
    return dproduct;
  }

  /** With active adapters that change inputs or outputs, {@link #backward} is to be called. */
  @Override
  public void backwardInput(Tensor dy, Tensor dx, boolean accumulate) {
    if (merged != null) {
      merged.backwardInput(dy, dx, accumulate);
    } else if (active.isEmpty()) {
      base.backwardInput(dy, dx, accumulate);
    } else {
      throw new IllegalStateException(name + ": expected no active adapters, got " + active.size());
    }
  }

  /** The parameters of the active adapters; none of a merged layer. */
  @Override
  public List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    if (merged == null) {
      active.forEach(a -> all.addAll(a.adapter().parameters().values()));
    }
    return all;
  }

  /** Computes with one float32 matrix from now on; the base layer stays as it is. */
  public void merge() {
    if (merged == null && !active.isEmpty()) {
      merged = toDense();
    }
  }

  /** Goes back from {@link #merge}, exactly. */
  public void unmerge() {
    merged = null;
  }

  /** Whether {@link #merge} was the last word. */
  public boolean isMerged() {
    return merged != null;
  }

  /**
   * A dense layer with the active adapters in its weight and bias, the inputs first where the base
   * layer has them so.
   *
   * @throws IllegalArgumentException for a ternary layer, whose inputs are rounded, too: no matrix
   *     computes the same
   */
  public DenseLinear toDense() {
    if (base instanceof BitLinear || base instanceof QatLinear) {
      throw Check.expected(name, "a dense or encoded matrix to merge into", base);
    }
    Tensor w = BaseWeight.copy(base);
    if (changesInput()) {
      Tensor changed = Tensor.zeros(w.shape());
      Tensor part = Tensor.zeros(w.shape());
      changed.axpby(1 - inputWeights(), w, 0f);
      for (Active a : active) {
        if (a.adapter().changesInput()) {
          a.adapter().inputTransposed(w, part);
          changed.axpby(a.weight(), part, 1f);
        }
      }
      w = changed;
    }
    Tensor gain = gain(false);
    if (gain != null) {
      Kernels.active().scaleRows(w.data(), gain.data(), 1f, outFeatures(), inFeatures());
    }
    for (Active a : active) {
      a.adapter().addDelta(a.weight(), w);
    }
    if (base instanceof DenseLinear d && d.hasInputsFirst()) {
      Parameter weight = Parameter.of(name + ".weight", BaseWeight.transpose(w));
      return DenseLinear.inputsFirst(weight, denseBias());
    }
    return new DenseLinear(Parameter.of(name + ".weight", w), denseBias());
  }

  private @Nullable Parameter denseBias() {
    if (bias == null) {
      return null;
    }
    Tensor changed = bias.copy();
    Tensor gain = gain(true);
    for (int i = 0; gain != null && i < changed.size(); i++) {
      changed.set(i, bias.get(i) * gain.get(i));
    }
    return Parameter.of(name + ".bias", changed);
  }

  @Override
  public String toString() {
    return "AdaptedLinear[%s, %d active, %s]".formatted(name, active.size(), base);
  }
}
