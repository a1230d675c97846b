package io.tritter.adapter;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Takes singular values away from the AdaLoRA adapters of a model until their budget is met, those
 * of the least importance first (Zhang et al., 2023): the product of the running means of {@code |p
 * * dp|} and of its distance from its mean, of a value and, on average, of its two vectors.
 *
 * <p>In each step: backward, {@link #regularize}, the optimizer, {@link #update}.
 */
public final class RankAllocator {
  private final AdaLoraConfig config;
  private final List<Layer> layers = new ArrayList<>();
  private final int initialBudget;
  private final int finalBudget;

  /** The running means of one adapter, and which of its values remain. */
  private record Layer(AdaLora adapter, Means a, Means b, Means e, BitSet kept) {}

  /** Running means of one parameter. */
  private record Means(Parameter p, Tensor sensitivity, Tensor uncertainty) {
    static Means of(Parameter p) {
      return new Means(p, Tensor.zeros(p.value().shape()), Tensor.zeros(p.value().shape()));
    }

    void update(float beta1, float beta2) {
      for (long i = 0; i < sensitivity.size(); i++) {
        float now = Math.abs(p.value().get(i) * p.gradient().get(i));
        float mean = beta1 * sensitivity.get(i) + (1 - beta1) * now;
        sensitivity.set(i, mean);
        uncertainty.set(i, beta2 * uncertainty.get(i) + (1 - beta2) * Math.abs(now - mean));
      }
    }

    void put(String key, Map<String, Tensor> all) {
      all.put(key + ".sensitivity", sensitivity);
      all.put(key + ".uncertainty", uncertainty);
    }

    double score(long i) {
      return (double) sensitivity.get(i) * uncertainty.get(i);
    }
  }

  /**
   * An allocator for the adapters of one model.
   *
   * @throws IllegalArgumentException for a configuration without {@code totalStep}, or other
   *     adapters
   */
  public RankAllocator(AdaLoraConfig config, Collection<? extends LinearAdapter> adapters) {
    Check.atLeast("total_step", config.totalStep(), 1);
    this.config = config;
    for (LinearAdapter adapter : adapters) {
      if (!(adapter instanceof AdaLora a)) {
        throw Check.expected("adapters", "those of AdaLoRA", adapter);
      }
      BitSet kept = new BitSet();
      kept.set(0, config.initR());
      layers.add(new Layer(a, Means.of(a.a()), Means.of(a.b()), Means.of(a.e()), kept));
    }
    initialBudget = config.initR() * layers.size();
    finalBudget = config.targetR() * layers.size();
  }

  /**
   * Adds the gradients of {@code orthRegWeight * mean |V V^t - 1|} over all matrices of singular
   * vectors.
   *
   * @return the term itself
   */
  public double regularize() {
    float weight = (float) config.orthRegWeight() / (2 * layers.size());
    double sum = 0;
    for (Layer layer : layers) {
      sum += layer.adapter().regularize(weight);
    }
    return sum;
  }

  /**
   * Learns from the gradients of a step, and takes values away where the schedule wants it.
   *
   * @param step the first is 1
   * @return the number of singular values that may remain now
   */
  public int update(int step) {
    int last = config.totalStep() - config.tfinal();
    if (step < last) {
      for (Layer layer : layers) {
        for (Means m : List.of(layer.a(), layer.b(), layer.e())) {
          m.update((float) config.beta1(), (float) config.beta2());
        }
      }
    }
    int budget = budget(step);
    if (step <= last && step > config.tinit() && (step == last || step % config.deltaT() == 0)) {
      allocate(budget);
    } else if (step > last) {
      mask();
    }
    return budget;
  }

  /** Cubic, from all at {@code tinit} to the target at {@code totalStep - tfinal}. */
  int budget(int step) {
    int last = config.totalStep() - config.tfinal();
    if (step <= config.tinit()) {
      return initialBudget;
    }
    if (step >= last) {
      return finalBudget;
    }
    double rest = 1 - (double) (step - config.tinit()) / (last - config.tinit());
    return (int) ((initialBudget - finalBudget) * rest * rest * rest + finalBudget);
  }

  /** Singular values that remain. */
  public int remaining() {
    int count = 0;
    for (Layer layer : layers) {
      count += layer.kept().cardinality();
    }
    return count;
  }

  /**
   * What it remembers from step to step: the running means, live, and a one for each value that
   * remains.
   */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (Layer layer : layers) {
      String key = layer.adapter().layer();
      layer.a().put(key + ".lora_A", all);
      layer.b().put(key + ".lora_B", all);
      layer.e().put(key + ".lora_E", all);
      Tensor kept = Tensor.zeros(config.initR());
      layer.kept().stream().forEach(i -> kept.set(i, 1f));
      all.put(key + ".kept", kept);
    }
    return all;
  }

  /**
   * Refuses what {@link #load} cannot take.
   *
   * @throws IllegalArgumentException if a tensor is missing or of another shape
   */
  public void check(Map<String, Tensor> from) {
    tensors()
        .forEach(
            (key, tensor) -> {
              Tensor other = from.get(key);
              if (other == null) {
                throw Check.expected("ranks", "a tensor " + key, "none");
              }
              Check.shape(key, other.shape(), tensor.shape());
            });
  }

  /** Goes on from what {@link #tensors} was. */
  public void load(Map<String, Tensor> from) {
    check(from);
    Map<String, Tensor> own = tensors();
    own.forEach((key, tensor) -> tensor.copyFrom(Objects.requireNonNull(from.get(key))));
    for (Layer layer : layers) {
      Tensor kept = Objects.requireNonNull(own.get(layer.adapter().layer() + ".kept"));
      layer.kept().clear();
      for (int i = 0; i < kept.size(); i++) {
        layer.kept().set(i, kept.get(i) != 0);
      }
    }
  }

  private void allocate(int budget) {
    double[] scores = new double[initialBudget];
    int n = 0;
    for (Layer layer : layers) {
      for (int i = 0; i < config.initR(); i++) {
        scores[n++] = score(layer, i);
      }
    }
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    int removed = initialBudget - budget;
    double threshold = removed == 0 ? Double.NEGATIVE_INFINITY : sorted[removed - 1];
    n = 0;
    for (Layer layer : layers) {
      for (int i = 0; i < config.initR(); i++) {
        layer.kept().set(i, scores[n++] > threshold);
      }
    }
    mask();
  }

  private void mask() {
    for (Layer layer : layers) {
      for (int i = 0; i < config.initR(); i++) {
        if (!layer.kept().get(i)) {
          layer.e().p().value().set(i, 0f);
        }
      }
    }
  }

  private static double score(Layer layer, int i) {
    int rank = layer.a().p().value().dim(0);
    int in = layer.a().p().value().dim(1);
    int out = layer.b().p().value().dim(0);
    double ofA = 0;
    for (int j = 0; j < in; j++) {
      ofA += layer.a().score((long) i * in + j);
    }
    double ofB = 0;
    for (int j = 0; j < out; j++) {
      ofB += layer.b().score((long) j * rank + i);
    }
    return layer.e().score(i) + ofA / in + ofB / out;
  }
}
