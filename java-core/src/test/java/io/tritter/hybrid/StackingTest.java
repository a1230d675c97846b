package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.optim.AdamW8bit;
import io.tritter.optim.CautiousAdamW;
import io.tritter.optim.Muon;
import io.tritter.optim.NAdam;
import io.tritter.optim.Optimizer;
import io.tritter.optim.OptimizerSettings;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StackingTest {
  private static final List<String> NAMES =
      List.of("layers.0.w", "layers.1.w", "layers.10.w", "layers.1.w.bias", "embed_tokens.weight");

  static List<OptimizerSettings> optimizers() {
    AdamW.Settings adamW = AdamW.Settings.DEFAULT;
    return List.of(
        adamW,
        new CautiousAdamW(adamW),
        new AdamW8bit(adamW),
        new NAdam(adamW, NAdam.MOMENTUM_DECAY),
        Muon.Settings.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void aCopyHasTheValuesAndMomentsOfItsSourceAndNothingElseChanges(OptimizerSettings settings) {
    List<Parameter> parameters = parameters();
    Optimizer optimizer = settings.create(parameters);
    optimizer.step(0.01, 1);
    Map<String, float[]> before = everything(parameters, optimizer);
    Stacking.copy(Map.of("layers.1.w", "layers.0.w"), parameters, optimizer);
    int copied = 0;
    for (Map.Entry<String, float[]> e : everything(parameters, optimizer).entrySet()) {
      String name = e.getKey();
      boolean copy = name.contains("layers.1.w") && !name.contains("bias");
      float[] expected = before.get(copy ? name.replace("rs.1.", "rs.0.") : name);
      assertArrayEquals(expected, e.getValue(), name);
      if (copy) {
        copied++;
        assertFalse(Arrays.equals(before.get(name), expected), name);
      }
    }
    int moments = settings instanceof Muon.Settings ? 1 : settings instanceof AdamW8bit ? 4 : 2;
    assertEquals(1 + moments, copied);
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void whatIsSilencedIsZeroAndHasNoMomentsAndNothingElseChanges(OptimizerSettings settings) {
    List<Parameter> parameters = parameters();
    Optimizer optimizer = settings.create(parameters);
    optimizer.step(0.01, 1);
    Map<String, float[]> before = everything(parameters, optimizer);
    Stacking.silence(Set.of("layers.1.w"), parameters, optimizer);
    everything(parameters, optimizer)
        .forEach(
            (name, values) -> {
              boolean silent = name.contains("layers.1.w") && !name.contains("bias");
              float[] old = Objects.requireNonNull(before.get(name));
              assertArrayEquals(silent ? new float[old.length] : old, values, name);
            });
    parameters.forEach(Parameter::clearGradient);
    optimizer.step(0.01, 1);
    assertArrayEquals(new float[64 * 64], parameters.get(1).value().toArray(), "stays zero");
  }

  private static List<Parameter> parameters() {
    SplittableRandom random = new SplittableRandom(3);
    List<Parameter> parameters = new ArrayList<>();
    for (String name : NAMES) {
      // large enough for the optimizer with 8 bits to pack its moments
      Parameter p = Parameter.of(name, normal(random));
      p.gradient().copyFrom(normal(random));
      parameters.add(p);
    }
    return parameters;
  }

  private static Map<String, float[]> everything(List<Parameter> parameters, Optimizer optimizer) {
    Map<String, float[]> all = new TreeMap<>();
    optimizer.state().tensors().forEach((name, tensor) -> all.put(name, tensor.toArray()));
    parameters.forEach(p -> all.put(p.name(), p.value().toArray()));
    return all;
  }

  private static Tensor normal(SplittableRandom random) {
    Tensor tensor = Tensor.zeros(64, 64);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, (float) random.nextGaussian());
    }
    return tensor;
  }
}
