package io.tritter.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.bitnet.BitLinear;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.EncodedLinear;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.quant.FourBitCode;
import io.tritter.quant.FourBitMatrix;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every form of adapter over every kind of layer. */
class AdaptedLinearTest {
  /** Float32 sums of at most 100 terms of the order of 1, and differences of them. */
  private static final double SLOPE = 3e-3;

  /** Float32 in another order of addition. */
  private static final float ROUNDING = 2e-5f;

  private static final TargetModules ALL = TargetModules.ALL_LINEAR;

  enum Layer {
    DENSE,
    BIASED,
    INPUTS_FIRST,
    NF4,
    TERNARY;

    Linear create(int out, int in) {
      RandomGenerator random = new SplittableRandom(17);
      Parameter w = Parameter.of("w", Draw.normal(random, 0.5, out, in));
      Parameter bias = Parameter.of("b", Draw.normal(random, 0.5, out));
      return switch (this) {
        case DENSE -> new DenseLinear(w);
        case BIASED -> new DenseLinear(w, bias);
        case INPUTS_FIRST ->
            DenseLinear.inputsFirst(Parameter.of("w", Draw.normal(random, 0.5, in, out)), bias);
        case NF4 ->
            new EncodedLinear(
                FourBitMatrix.quantize(w.value(), FourBitCode.NF4, 64, false), bias.value());
        case TERNARY ->
            BitLinear.quantize(
                w.value(), bias.value(), BitLinear.PER_TENSOR, BitLinear.FLOAT_ACTIVATIONS);
      };
    }
  }

  static List<LinearAdapterConfig> configs() {
    LoraConfig lora = LoraConfig.of(3, 6, ALL);
    return List.of(
        lora,
        lora.withRslora(),
        lora.withDropout(0.4),
        lora.withDora(),
        lora.withInit(LoraConfig.Init.PISSA),
        lora.withInit(LoraConfig.Init.PISSA).withDora(),
        new Ia3Config(ALL, null),
        new Ia3Config(ALL, ALL),
        VeraConfig.of(4, ALL),
        AdaLoraConfig.of(3, 6, ALL),
        new LohaConfig(2, 3, ALL),
        LokrConfig.of(4, 4, ALL),
        new LokrConfig(1, 1, true, -1, ALL),
        OftConfig.of(8, ALL),
        new OftConfig(4, 0, true, false, 5, ALL),
        new OftConfig(0, 6, false, true, 3, ALL),
        new OftConfig(0, 6, false, true, 6, ALL),
        BoftConfig.of(4, ALL));
  }

  static Stream<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (LinearAdapterConfig config : configs()) {
      for (Layer layer : Layer.values()) {
        all.add(Arguments.of(config, layer));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anAdapterChangesNothingAtFirst(LinearAdapterConfig config, Layer kind) {
    Linear base = kind.create(15, 24);
    AdaptedLinear layer = new AdaptedLinear("layer", base);
    layer.activate(List.of(active(config, base, 1f)));
    Tensor x = Draw.normal(new SplittableRandom(1), 1, 5, 24);
    Tensor expected = Tensor.zeros(5, 15);
    base.forward(x, expected);
    Tensor y = Tensor.zeros(5, 15);
    layer.forward(x, y);
    assertArrayEquals(expected.toArray(), y.toArray(), ROUNDING);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backwardIsTheSlopeOfForward(LinearAdapterConfig config, Layer kind) {
    Linear base = kind.create(15, 24);
    AdaptedLinear layer = new AdaptedLinear("layer", base);
    AdaptedLinear.Active one = moved(config, base, 0.75f, 2);
    layer.activate(List.of(one, moved(config, base, -0.5f, 3)));
    layer.training(true);
    Tensor x = Draw.normal(new SplittableRandom(4), 1, 5, 24);
    Tensor dy = Draw.normal(new SplittableRandom(5), 1, 5, 15);
    Tensor dx = Draw.normal(new SplittableRandom(6), 1, 5, 24);
    Tensor before = dx.copy();
    layer.backward(x, dy, dx, true);
    dx.axpby(-1f, before, 1f);
    assertSlopes("x", x, dx, layer, x, dy);
    for (Parameter p : one.adapter().parameters().values()) {
      assertSlopes(p.name(), p.value(), p.gradient(), layer, x, dy);
    }
    Tensor written = before.copy();
    layer.backward(x, dy, written, false);
    assertArrayEquals(dx.toArray(), written.toArray(), ROUNDING);
  }

  @Test
  void dropoutKeepsAShareAndDrawsAnewInEachPass() {
    Tensor x = Draw.normal(new SplittableRandom(1), 1, 300, 100);
    Tensor kept = Tensor.zeros(300, 100);
    new Dropout(0.3f, 5).apply(x, kept);
    int zeros = 0;
    for (long i = 0; i < x.size(); i++) {
      zeros += kept.get(i) == 0 ? 1 : 0;
      assertTrue(kept.get(i) == 0 || kept.get(i) == x.get(i) * (1 / (1 - 0.3f)));
    }
    assertEquals(0.3, zeros / 30_000.0, 0.015); // five and a half deviations
    Linear base = Layer.DENSE.create(15, 24);
    AdaptedLinear layer = new AdaptedLinear("layer", base);
    layer.activate(List.of(moved(LoraConfig.of(3, 6, ALL).withDropout(0.5), base, 1f, 2)));
    Tensor rows = Draw.normal(new SplittableRandom(4), 1, 5, 24);
    float[] plain = outputs(layer, rows);
    layer.training(true);
    float[] first = outputs(layer, rows);
    assertArrayEquals(first, outputs(layer, rows), 0f);
    layer.beginPass(1);
    assertFalse(Arrays.equals(first, outputs(layer, rows)));
    layer.training(false);
    assertArrayEquals(plain, outputs(layer, rows), 0f);
  }

  private static float[] outputs(AdaptedLinear layer, Tensor x) {
    Tensor y = Tensor.zeros(x.dim(0), layer.outFeatures());
    layer.forward(x, y);
    return y.toArray();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theMergedMatrixComputesTheSame(LinearAdapterConfig config, Layer kind) {
    if (kind == Layer.TERNARY) {
      return; // refused, see AdaptersTest
    }
    Linear base = kind.create(15, 24);
    AdaptedLinear layer = new AdaptedLinear("layer", base);
    layer.activate(List.of(moved(config, base, 0.75f, 2), moved(config, base, -0.5f, 3)));
    Tensor x = Draw.normal(new SplittableRandom(4), 1, 5, 24);
    Tensor apart = Tensor.zeros(5, 15);
    layer.forward(x, apart);
    layer.merge();
    Tensor merged = Tensor.zeros(5, 15);
    layer.forward(x, merged);
    assertArrayEquals(apart.toArray(), merged.toArray(), ROUNDING);
    layer.unmerge();
    layer.forward(x, merged);
    assertArrayEquals(apart.toArray(), merged.toArray(), 0f);
  }

  private static AdaptedLinear.Active active(
      LinearAdapterConfig config, Linear base, float weight) {
    Map<String, LinearAdapter> made =
        config.create("default", Map.of("layer", base), new SplittableRandom(7));
    return new AdaptedLinear.Active(Objects.requireNonNull(made.get("layer")), weight);
  }

  /** With parameters that are no longer where they started. */
  private static AdaptedLinear.Active moved(
      LinearAdapterConfig config, Linear base, float weight, long seed) {
    AdaptedLinear.Active a = active(config, base, weight);
    for (Parameter p : a.adapter().parameters().values()) {
      p.value().axpby(1f, Draw.normal(new SplittableRandom(seed), 0.2, p.value().shape()), 1f);
    }
    a.adapter().weightsChanged();
    return a;
  }

  /** Central differences at some places of {@code values}; forward is smooth in each. */
  private static void assertSlopes(
      String name, Tensor values, Tensor slopes, AdaptedLinear layer, Tensor x, Tensor dy) {
    float step = 1f / 128;
    for (long i = 0; i < values.size(); i += Math.max(1, values.size() / 7)) {
      float value = values.get(i);
      double above = loss(layer, x, dy, name, values, i, value + step);
      double below = loss(layer, x, dy, name, values, i, value - step);
      loss(layer, x, dy, name, values, i, value);
      double slope = (above - below) / (2 * step);
      assertEquals(slope, slopes.get(i), SLOPE * Math.max(1, Math.abs(slope)), name + " at " + i);
    }
  }

  /**
   * With another number. What is kept until weightsChanged is computed again, except for the
   * factors of DoRA: its norms, which pass no gradient, stay where they are.
   */
  private static double loss(
      AdaptedLinear layer, Tensor x, Tensor dy, String name, Tensor values, long i, float value) {
    values.set(i, value);
    if (name.matches(".*(magnitude|oft_).*")) {
      layer.weightsChanged();
    }
    Tensor y = Tensor.zeros(dy.shape());
    layer.forward(x, y);
    double sum = 0;
    for (long k = 0; k < y.size(); k++) {
      sum += (double) y.get(k) * dy.get(k);
    }
    return sum;
  }
}
