package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.adapter.Ia3Config;
import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.LoraSum;
import io.tritter.adapter.TargetModules;
import io.tritter.nn.Parameter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoraSumTest {
  private static final int[] IDS = {1, 5, 9, 2, 7, 7, 0, 30, 12, 3};

  /** Another order of addition, absolute; logits below 1. */
  private static final float SUMMED = 1e-5f;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(LoraSum.class)
  void theSumComputesWhatTheAdaptersDoTogether(LoraSum how) throws Exception {
    Adapters adapters = three();
    Map<String, Float> weights = new LinkedHashMap<>();
    weights.put("plain", 0.5f);
    weights.put("root", -0.75f);
    weights.put("pissa", 0.25f);
    adapters.activate(weights);
    float[] together = logits(adapters.model());
    adapters.addWeighted("sum", weights, how, 2 + 3 + 2 * 2); // the rank of the sum, so exact
    assertEquals(Map.of("sum", 1f), adapters.active());
    assertArrayEquals(together, logits(adapters.model()), SUMMED);
    adapters.save("sum", directory, "base");
    Adapters again = new Adapters(adapters.base());
    again.load("sum", directory);
    assertArrayEquals(logits(adapters.model()), logits(again.model()), 0f);
  }

  @Test
  void theSingularValuesOfOneAdapterGiveItBack() {
    Adapters adapters = three();
    adapters.activate("root");
    float[] one = logits(adapters.model());
    adapters.addWeighted("same", Map.of("root", 1f), LoraSum.SVD, 0);
    assertArrayEquals(one, logits(adapters.model()), SUMMED);
    assertEquals(3, ((LoraConfig) adapters.config("same")).r());
  }

  @Test
  void whatHasNoSumIsRefused() {
    Adapters adapters = three();
    adapters.add("dora", LoraConfig.of(2, 2, TargetModules.ALL_LINEAR).withDora(), 1);
    adapters.add("ia3", new Ia3Config(TargetModules.ALL_LINEAR, null), 1);
    for (String name : new String[] {"dora", "ia3", "none"}) {
      Map<String, Float> one = Map.of(name, 1f);
      assertThrows(
          IllegalArgumentException.class, () -> adapters.addWeighted("x", one, LoraSum.CAT, 0));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> adapters.addWeighted("plain", Map.of("plain", 1f), LoraSum.CAT, 0));
    assertThrows(
        IllegalArgumentException.class, () -> adapters.addWeighted("x", Map.of(), LoraSum.CAT, 0));
  }

  /** With parameters that are no longer where they started; not all on the same layers. */
  private static Adapters three() {
    Adapters adapters = new Adapters(TinyModel.LLAMA.random(3));
    adapters.add("plain", LoraConfig.of(2, 4, TargetModules.of("q_proj", "up_proj")), 1);
    adapters.add("root", LoraConfig.of(3, 3, TargetModules.ALL_LINEAR).withRslora(), 2);
    adapters.add(
        "pissa",
        LoraConfig.of(2, 2, TargetModules.of("q_proj")).withInit(LoraConfig.Init.PISSA),
        3);
    adapters.activate("plain", "root", "pissa");
    int n = 0;
    for (Parameter p : adapters.model().parameters()) {
      for (long i = 0; i < p.value().size(); i++) {
        p.value().set(i, p.value().get(i) + 0.2f * (float) Math.sin(++n));
      }
    }
    adapters.model().weightsChanged();
    return adapters;
  }

  private static float[] logits(Transformer model) {
    return model.forward(IDS, 1).toArray();
  }
}
