package io.tritter.adapter;

import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * LoRA in the form of a singular value decomposition, see {@link AdaLora}, whose ranks a {@link
 * RankAllocator} lowers.
 *
 * @param initR the rank at first
 * @param targetR the rank in the end, on average over the layers
 * @param loraAlpha the delta is times {@code loraAlpha / initR}
 * @param loraDropout share of the adapter's inputs that training leaves out
 * @param tinit steps before ranks are lowered
 * @param tfinal steps after ranks were lowered
 * @param deltaT steps from one allocation to the next
 * @param beta1 decay of the mean of the sensitivity
 * @param beta2 decay of the mean of its uncertainty
 * @param orthRegWeight weight of the term that keeps singular vectors orthogonal
 * @param totalStep steps of the training; 0: ranks stay
 */
public record AdaLoraConfig(
    int initR,
    int targetR,
    double loraAlpha,
    double loraDropout,
    int tinit,
    int tfinal,
    int deltaT,
    double beta1,
    double beta2,
    double orthRegWeight,
    int totalStep,
    TargetModules targetModules)
    implements LinearAdapterConfig {
  /** PEFT divides by a little more than the rank. */
  private static final float EPSILON = 1e-5f;

  public AdaLoraConfig {
    Check.atLeast("init_r", initR, 1);
    Check.inRange("target_r", targetR, 1, initR);
    Check.positive("lora_alpha", loraAlpha);
    Check.inRange("lora_dropout", loraDropout, 0, 0.99);
    Check.atLeast("tinit", tinit, 0);
    Check.atLeast("tfinal", tfinal, 0);
    Check.atLeast("deltaT", deltaT, 1);
    Check.inRange("beta1", beta1, 0, 1);
    Check.inRange("beta2", beta2, 0, 1);
    Check.inRange("orth_reg_weight", orthRegWeight, 0, Double.MAX_VALUE);
    if (totalStep != 0) {
      Check.atLeast("total_step", totalStep, tinit + tfinal + 1);
    }
  }

  /** Ranks that stay. */
  public static AdaLoraConfig of(int initR, double loraAlpha, TargetModules targetModules) {
    return new AdaLoraConfig(
        initR, initR, loraAlpha, 0, 0, 0, 1, 0.85, 0.85, 0.5, 0, targetModules);
  }

  @Override
  public Map<String, LinearAdapter> create(
      String name, Map<String, Linear> layers, RandomGenerator random) {
    float scaling = (float) loraAlpha / (initR + EPSILON);
    Map<String, LinearAdapter> adapters = new LinkedHashMap<>();
    layers.forEach(
        (layer, base) ->
            adapters.put(
                layer,
                new AdaLora(layer, name, base, initR, scaling, random).withDropout(loraDropout)));
    return adapters;
  }
}
