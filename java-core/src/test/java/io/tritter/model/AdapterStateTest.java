package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.adapter.AdaLoraConfig;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.PrefixTuningConfig;
import io.tritter.adapter.TargetModules;
import io.tritter.adapter.VeraConfig;
import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.optim.State;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AdapterStateTest {
  private static final int[] IDS = {1, 5, 9, 2, 7, 7, 0, 30, 12, 3};
  private static final TargetModules ALL = TargetModules.ALL_LINEAR;
  private static final AdaLoraConfig ADALORA =
      new AdaLoraConfig(6, 2, 12, 0.2, 2, 2, 2, 0.85, 0.85, 0.5, 16, ALL);

  static AdapterConfig[] configs() {
    return new AdapterConfig[] {
      LoraConfig.of(4, 8, ALL).withDropout(0.3),
      LoraConfig.of(4, 8, ALL).withDora().withInit(LoraConfig.Init.PISSA),
      VeraConfig.of(8, ALL),
      ADALORA,
      new PrefixTuningConfig(2)
    };
  }

  /** A training with its optimizer, and the ranks where there are such. */
  private static final class Training {
    final Adapters adapters = new Adapters(TinyModel.LLAMA.random(4));
    final AdamW optimizer;

    Training(AdapterConfig config) {
      adapters.add("default", config, 1);
      adapters.training(true);
      optimizer = new AdamW(adapters.model().parameters(), AdamW.Settings.DEFAULT);
    }

    void steps(int from, int to) {
      Transformer model = adapters.model();
      boolean ranks = adapters.config("default") instanceof AdaLoraConfig;
      int[] targets = IDS.clone();
      for (int step = from; step <= to; step++) {
        model.clearGradients();
        model.forward(IDS, 1);
        model.lossAndBackward(targets);
        if (ranks) {
          adapters.rankAllocator("default").regularize();
        }
        optimizer.step(2e-2, 1);
        if (ranks) {
          adapters.rankAllocator("default").update(step);
        }
        model.weightsChanged();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aTrainingGoesOnToTheSameBits(AdapterConfig config) {
    Training whole = new Training(config);
    whole.steps(1, 7);
    State adapters = whole.adapters.state().copy();
    State optimizer = whole.optimizer.state().copy();
    whole.steps(8, 14);
    Training resumed = new Training(config);
    resumed.steps(1, 3);
    resumed.adapters.load(adapters);
    resumed.optimizer.load(optimizer);
    resumed.steps(8, 14);
    assertEquals(
        whole.adapters.state().numbers(), resumed.adapters.state().numbers(), "passes, weights");
    whole
        .adapters
        .state()
        .tensors()
        .forEach(
            (name, tensor) ->
                assertArrayEquals(
                    tensor.toArray(),
                    resumed.adapters.state().tensor(name, tensor.shape()).toArray(),
                    0f,
                    name));
  }

  @Test
  void theStateOfAdaLoraHoldsWhichValuesRemain() {
    Training training = new Training(ADALORA);
    training.steps(1, 14);
    int remaining = training.adapters.rankAllocator("default").remaining();
    assertEquals(2 * 14, remaining);
    Training resumed = new Training(ADALORA);
    resumed.adapters.load(training.adapters.state());
    assertEquals(remaining, resumed.adapters.rankAllocator("default").remaining());
  }

  @Test
  void weightsOfActiveAdaptersAreRestored() {
    Adapters adapters = new Adapters(TinyModel.LLAMA.random(4));
    adapters.add("one", LoraConfig.of(2, 4, ALL), 1);
    adapters.add("two", LoraConfig.of(3, 4, ALL), 2);
    adapters.activate(Map.of("one", 0.25f));
    State state = adapters.state().copy();
    adapters.activate("two");
    adapters.load(state);
    assertEquals(Map.of("one", 0.25f), adapters.active());
  }

  @Test
  void theStateOfOtherAdaptersIsRefusedAndChangesNothing() {
    Adapters adapters = new Adapters(TinyModel.LLAMA.random(4));
    adapters.add("one", LoraConfig.of(2, 4, ALL), 1);
    State other = adapters.state().copy();
    adapters.add("two", ADALORA, 2);
    float[] before = value(adapters);
    IllegalArgumentException missing =
        assertThrows(IllegalArgumentException.class, () -> adapters.load(other));
    assertTrue(String.valueOf(missing.getMessage()).contains("lora_A"), missing.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> adapters.load(new State(Map.of(), Map.of())));
    assertArrayEquals(before, value(adapters), 0f);
    assertEquals(Map.of("two", 1f), adapters.active());
  }

  private static float[] value(Adapters adapters) {
    Parameter p = adapters.model().parameters().getFirst();
    return p.value().toArray();
  }
}
