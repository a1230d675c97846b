package io.tritter.bitnet;

import io.tritter.kernel.Kernels;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.List;

public final class QatLinear implements Linear {
  private final Parameter weight;
  private final Tensor trits;
  private final Tensor scale = Tensor.zeros(1);
  private Tensor q = Tensor.zeros(0);
  private Tensor inv = Tensor.zeros(0);
  private boolean fresh;

  public QatLinear(Parameter weight) {
    this.weight = weight;
    this.trits = Tensor.zeros(weight.value().shape());
  }

  @Override
  public int inFeatures() {
    return weight.value().dim(1);
  }

  @Override
  public int outFeatures() {
    return weight.value().dim(0);
  }

  public void weightsChanged() {
    fresh = false;
  }

  public Linear toPacked() {
    return this;
  }

  private void prepare(Tensor x) {
    Kernels k = Kernels.active();
    int rows = x.dim(0);
    if (!fresh) {
      int n = (int) weight.value().size();
      k.absmean(weight.value().data(), scale.data(), 1, n, n);
      k.ternarize(weight.value().data(), scale.data(), trits.data(), 1, n, n);
      fresh = true;
    }
    if (q.size() != x.size()) {
      q = Tensor.zeros(rows, inFeatures());
      inv = Tensor.zeros(rows);
    }
    k.fakeQuantizeAbsmax(x.data(), q.data(), inv.data(), rows, inFeatures(), 8);
  }

  @Override
  public void forward(Tensor x, Tensor y) {
    prepare(x);
    Kernels k = Kernels.active();
    k.matmul(
        q.data(),
        false,
        trits.data(),
        true,
        y.data(),
        x.dim(0),
        outFeatures(),
        inFeatures(),
        false);
    k.scaleRows(y.data(), inv.data(), scale.get(0), x.dim(0), outFeatures());
  }

  @Override
  public void backward(Tensor x, Tensor dy, Tensor dx, boolean accumulate) {
    prepare(x);
    Kernels k = Kernels.active();
    int rows = x.dim(0);
    k.scaleRows(q.data(), inv.data(), 1f, rows, inFeatures());
    k.matmul(
        dy.data(),
        true,
        q.data(),
        false,
        weight.gradient().data(),
        outFeatures(),
        inFeatures(),
        rows,
        true);
    k.axpby(scale.get(0), trits.data(), 0, trits.data(), trits.size());
    fresh = false;
    k.matmul(
        dy.data(),
        false,
        trits.data(),
        false,
        dx.data(),
        rows,
        inFeatures(),
        outFeatures(),
        accumulate);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weight);
  }
}
