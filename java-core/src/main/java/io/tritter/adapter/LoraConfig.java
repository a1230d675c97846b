package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * LoRA, and by its flags rsLoRA, DoRA and PiSSA; see {@link Lora}.
 *
 * @param r the rank
 * @param loraAlpha the delta is times {@code loraAlpha / r}
 * @param loraDropout share of the adapter's inputs that training leaves out
 * @param useRslora divides by the root of {@code r} instead (Kalajdzievski, 2023)
 * @param useDora learns the norms of the rows apart from their directions
 * @param initLoraWeights how the parameters begin
 */
public record LoraConfig(
    int r,
    double loraAlpha,
    double loraDropout,
    boolean useRslora,
    boolean useDora,
    Init initLoraWeights,
    TargetModules targetModules)
    implements LinearAdapterConfig {

  /** How the parameters begin. */
  public enum Init {
    /** {@code A} random and {@code B} zero. */
    DEFAULT,
    /** {@code A} normal with deviation {@code 1 / r} and {@code B} zero. */
    GAUSSIAN,
    /** Both are the largest singular parts of the weight. */
    PISSA
  }

  public LoraConfig {
    Check.atLeast("r", r, 1);
    Check.positive("lora_alpha", loraAlpha);
    Check.inRange("lora_dropout", loraDropout, 0, 0.99);
  }

  /** Plain LoRA. */
  public static LoraConfig of(int r, double loraAlpha, TargetModules targetModules) {
    return new LoraConfig(r, loraAlpha, 0, false, false, Init.DEFAULT, targetModules);
  }

  /** The same divided by the root of the rank. */
  public LoraConfig withRslora() {
    return new LoraConfig(r, loraAlpha, loraDropout, true, useDora, initLoraWeights, targetModules);
  }

  /** The same with magnitudes. */
  public LoraConfig withDora() {
    return new LoraConfig(
        r, loraAlpha, loraDropout, useRslora, true, initLoraWeights, targetModules);
  }

  /** The same with another beginning. */
  public LoraConfig withInit(Init init) {
    return new LoraConfig(r, loraAlpha, loraDropout, useRslora, useDora, init, targetModules);
  }

  /** The same with dropout. */
  public LoraConfig withDropout(double dropout) {
    return new LoraConfig(
        r, loraAlpha, dropout, useRslora, useDora, initLoraWeights, targetModules);
  }

  /** What the delta is times, {@code loraAlpha / r} or by the root of {@code r}. */
  public float scaling() {
    return (float) (loraAlpha / (useRslora ? Math.sqrt(r) : r));
  }

  @Override
  public Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random) {
    Map<String, LinearAdapter> adapters = new LinkedHashMap<>();
    layers.forEach(
        (layer, base) ->
            adapters.put(layer, create(layer, name, base, random).withDropout(loraDropout)));
    return adapters;
  }

  private LinearAdapter create(String layer, String name, Linear base, RandomGenerator random) {
    float scaling = scaling();
    if (initLoraWeights == Init.PISSA) {
      LowRank start = SingularParts.largest(BaseWeight.copy(base), r, scaling, random);
      LowRank product = new LowRank(start.a().copy(), start.b().copy());
      return new Lora(layer, name, base, product, start, scaling, useDora);
    }
    int in = base.inFeatures();
    Tensor a =
        initLoraWeights == Init.GAUSSIAN
            ? Draw.normal(random, 1.0 / r, r, in)
            : Draw.uniform(random, 1 / Math.sqrt(in), r, in);
    LowRank product = new LowRank(a, Tensor.zeros(base.outFeatures(), r));
    return new Lora(layer, name, base, product, null, scaling, useDora);
  }
}
