package io.tritter.adapter;

import io.tritter.kernel.Kernels;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code add(x) = gain * scaling * (B A x - B0 A0 x)} (Hu et al., 2021). Without a magnitude the
 * gain is 1. DoRA (Liu et al., 2024) has {@code gain = magnitude / |W + scaling * (B A - B0 A0)|}
 * by rows, whose denominator is kept until {@link #weightsChanged} and passes no gradient, as in
 * the paper. PiSSA (Meng et al., 2024) begins with {@code B0 A0}, the largest singular parts of the
 * weight, which are taken out here instead of from the weight.
 */
final class Lora extends LinearAdapter {
  private final Linear base;
  private final LowRank product;
  private final Parameter a;
  private final Parameter b;
  private final @Nullable LowRank start;
  private final float scaling;
  private final @Nullable Parameter magnitude;
  private final Tensor norms;
  private final Tensor gain;

  Lora(
      String layer,
      String name,
      Linear base,
      LowRank product,
      @Nullable LowRank start,
      float scaling,
      boolean withMagnitude) {
    super(layer, name);
    this.base = base;
    this.product = product;
    this.start = start;
    this.scaling = scaling;
    a = parameter("lora_A.weight", product.a());
    b = parameter("lora_B.weight", product.b());
    norms = Tensor.zeros(withMagnitude ? base.outFeatures() : 0);
    gain = Tensor.zeros(norms.shape());
    if (withMagnitude) {
      measure();
      magnitude = parameter("lora_magnitude_vector", norms.copy());
      updateGain(magnitude);
    } else {
      magnitude = null;
    }
  }

  @Override
  void add(Tensor x, float weight, Tensor y) {
    if (magnitude == null) {
      addPlain(x, weight, y);
      return;
    }
    Tensor plain = plain(x);
    Columns.addScaled(plain, gain, weight, y);
  }

  private void addPlain(Tensor x, float weight, Tensor y) {
    product.add(x, weight * scaling, y);
    if (start != null) {
      start.add(x, -weight * scaling, y);
    }
  }

  /** Products whose sum is {@code weight} times the delta; of an adapter without a magnitude. */
  List<LowRank> parts(float weight) {
    List<LowRank> parts = new ArrayList<>();
    parts.add(product.times(weight * scaling));
    if (start != null) {
      parts.add(start.times(-weight * scaling));
    }
    return parts;
  }

  private Tensor plain(Tensor x) {
    Tensor plain = Work.ROWS.of(x.dim(0), base.outFeatures());
    plain.clear();
    addPlain(x, 1f, plain);
    return plain;
  }

  @Override
  void addBackward(Tensor x, Tensor dy, float weight, Tensor dx) {
    Tensor dplain = dy;
    if (magnitude != null) {
      Tensor dgain = Tensor.zeros(gain.shape());
      Columns.addDots(plain(x), dy, weight, dgain);
      gainBackward(dgain);
      dplain = Work.ROWS_GRADIENT.of(dy.dim(0), dy.dim(1));
      Columns.scale(dy, gain, dplain);
    }
    product.backward(x, dplain, weight * scaling, dx, a.gradient(), b.gradient());
    if (start != null) {
      start.backwardInput(dplain, -weight * scaling, dx);
    }
  }

  @Override
  void addDelta(float weight, Tensor w) {
    if (magnitude == null) {
      addPlainDelta(weight, w);
      return;
    }
    Tensor delta = Tensor.zeros(w.shape());
    addPlainDelta(weight, delta);
    Kernels.active().scaleRows(delta.data(), gain.data(), 1f, w.dim(0), w.dim(1));
    w.axpby(1f, delta, 1f);
  }

  private void addPlainDelta(float weight, Tensor w) {
    product.addTo(w, weight * scaling);
    if (start != null) {
      start.addTo(w, -weight * scaling);
    }
  }

  @Override
  @Nullable Tensor gain() {
    return magnitude == null ? null : gain;
  }

  @Override
  void gainBackward(Tensor dgain) {
    if (magnitude != null) {
      Tensor gradient = magnitude.gradient();
      for (int i = 0; i < dgain.size(); i++) {
        gradient.set(i, gradient.get(i) + dgain.get(i) / norms.get(i));
      }
    }
  }

  @Override
  public void weightsChanged() {
    if (magnitude != null) {
      measure();
      updateGain(magnitude);
    }
  }

  private void updateGain(Parameter magnitude) {
    for (int i = 0; i < gain.size(); i++) {
      gain.set(i, magnitude.value().get(i) / norms.get(i));
    }
  }

  /** The norms of the rows of the weight with its delta, a tile of rows at a time. */
  private void measure() {
    int in = base.inFeatures();
    int out = base.outFeatures();
    int tile = BaseWeight.tileRows(base);
    for (int from = 0; from < out; from += tile) {
      int to = Math.min(out, from + tile);
      Tensor w = Work.ROWS.of(to - from, in);
      BaseWeight.rows(base, from, to, w);
      new LowRank(product.a(), product.b().rows(from, to)).addTo(w, scaling);
      if (start != null) {
        new LowRank(start.a(), start.b().rows(from, to)).addTo(w, -scaling);
      }
      for (int r = from; r < to; r++) {
        Tensor row = w.rows(r - from, r - from + 1);
        norms.set(r, (float) Math.sqrt(Kernels.active().dot(row.data(), row.data(), in)));
      }
    }
  }
}
