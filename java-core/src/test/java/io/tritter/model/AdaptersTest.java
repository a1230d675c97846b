package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.adapter.AdaLoraConfig;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.BoftConfig;
import io.tritter.adapter.Ia3Config;
import io.tritter.adapter.LinearAdapterConfig;
import io.tritter.adapter.LohaConfig;
import io.tritter.adapter.LokrConfig;
import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.OftConfig;
import io.tritter.adapter.PrefixTuningConfig;
import io.tritter.adapter.PromptTuningConfig;
import io.tritter.adapter.TargetModules;
import io.tritter.adapter.VeraConfig;
import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptersTest {
  /** Float32 in another order of addition, relative to the largest logit. */
  private static final double LOGITS = 2e-4;

  /** A product with the sum in place of the sum of two products, absolute; logits below 1. */
  private static final double MERGED = 1e-5;

  private static final int[] IDS = {1, 5, 9, 2, 7, 7, 0, 30, 12, 3};

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lora", "rslora", "dora", "pissa", "ia3", "vera", "adalora", "loha", "lokr", "oft", "boft"
      })
  void logitsEqualThoseOfPeft(String kind) throws IOException {
    Golden.Case expected = Golden.load("peft_" + kind + "_logits");
    Tensor ids = expected.get("ids");
    Transformer model = loaded(kind).model();
    assertClose(expected.get("logits"), model.forward(ints(ids), ids.dim(0)), LOGITS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lora", "rslora", "dora", "pissa", "ia3", "vera", "adalora", "loha", "lokr", "oft", "boft"
      })
  void aSavedDirectoryHasTheSameTensorsAndGivesTheSameLogits(String kind) throws IOException {
    Adapters adapters = loaded(kind);
    adapters.save("golden", directory, "llama_tiny");
    Golden.Case original = Golden.load("peft_" + kind + "/adapter_model");
    assertArrayEquals(
        Files.readAllBytes(Golden.path("peft_" + kind + "/adapter_model.safetensors")),
        Files.readAllBytes(directory.resolve("adapter_model.safetensors")),
        () -> "tensors " + original.keySet());
    Adapters again = new Adapters(base());
    again.load("again", directory);
    assertEquals(adapters.config("golden"), again.config("again"));
    assertArrayEquals(logits(adapters.model()), logits(again.model()), 0f);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lora", "rslora", "dora", "pissa", "ia3", "vera", "adalora", "loha", "lokr", "oft", "boft"
      })
  void mergedLogitsAreThoseOfTheAdapter(String kind) throws IOException {
    Adapters adapters = loaded(kind);
    float[] apart = logits(adapters.model());
    adapters.merge();
    assertTrue(adapters.model().parameters().isEmpty());
    float[] merged = logits(adapters.model());
    assertArrayEquals(apart, merged, (float) MERGED);
    adapters.unmerge();
    assertArrayEquals(apart, logits(adapters.model()), 0f);
    adapters.mergeAndUnload().save(directory);
    assertArrayEquals(merged, logits(Transformer.load(directory)), (float) MERGED);
  }

  @Test
  void severalAdaptersAreSwitchedWeightedAndRemoved() {
    Adapters adapters = new Adapters(TinyModel.LLAMA.random(3));
    float[] none = logits(adapters.model());
    adapters.add("one", LoraConfig.of(3, 5, TargetModules.of("q_proj", "down_proj")), 1);
    perturb(adapters.model(), 0.3f);
    float[] one = logits(adapters.model());
    adapters.add("two", LoraConfig.of(2, 4, TargetModules.ALL_LINEAR).withDora(), 2);
    assertEquals(Map.of("two", 1f), adapters.active());
    perturb(adapters.model(), 0.3f);
    float[] two = logits(adapters.model());
    assertTrue(distance(one, none) > 1e-2 && distance(two, none) > 1e-2);
    adapters.activate("one");
    assertArrayEquals(one, logits(adapters.model()), 0f);
    adapters.activate(Map.of("one", 0f, "two", 1f));
    assertArrayEquals(two, logits(adapters.model()), (float) MERGED);
    adapters.activate(Map.of("one", 0.5f, "two", -0.25f));
    float[] mixed = logits(adapters.model());
    adapters.merge();
    assertArrayEquals(mixed, logits(adapters.model()), (float) MERGED);
    adapters.remove("two");
    assertEquals(Map.of("one", 0.5f), adapters.active());
    adapters.activate();
    assertArrayEquals(none, logits(adapters.model()), 0f);
    assertThrows(IllegalArgumentException.class, () -> adapters.activate("two"));
  }

  static List<AdapterConfig> configs() {
    TargetModules all = TargetModules.ALL_LINEAR;
    LoraConfig lora = LoraConfig.of(4, 8, all);
    return List.of(
        lora,
        lora.withRslora(),
        lora.withDora(),
        lora.withInit(LoraConfig.Init.PISSA),
        new Ia3Config(all, TargetModules.of("down_proj")),
        VeraConfig.of(16, all),
        AdaLoraConfig.of(6, 12, all),
        new LohaConfig(3, 6, all),
        LokrConfig.of(2, 2, all),
        OftConfig.of(8, all),
        new OftConfig(2, 0, true, true, 5, all),
        BoftConfig.of(4, all),
        PromptTuningConfig.of(4),
        new PrefixTuningConfig(4));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void anAdapterAloneLearnsASequence(AdapterConfig config) {
    Transformer base = TinyModel.LLAMA.random(4);
    base.parameters().forEach(p -> TransformerTest.scale(p, 0.16)); // logits that differ
    float[] before = logits(base);
    Adapters adapters = new Adapters(base);
    adapters.add("default", config, 1);
    Transformer model = adapters.model();
    if (config instanceof LinearAdapterConfig) { // the others change it from the start
      assertArrayEquals(before, logits(model), (float) MERGED);
    }
    double first = loss(model);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    for (int step = 0; step < 100; step++) {
      model.clearGradients();
      model.forward(IDS, 1);
      model.lossAndBackward(targets());
      optimizer.step(2e-2, 1);
      model.weightsChanged();
    }
    assertTrue(loss(model) < 0.8 * first, first + " to " + loss(model));
    adapters.activate();
    assertArrayEquals(before, logits(model), 0f);
  }

  /** The loss of a whole model against the gradient of some numbers of each parameter. */
  @ParameterizedTest
  @ValueSource(strings = {"LLAMA", "BIASED", "GPT2"})
  void gradientsAreThoseOfTheLoss(TinyModel kind) {
    Adapters adapters = new Adapters(kind.random(5));
    adapters.add("default", LoraConfig.of(3, 6, TargetModules.ALL_LINEAR), 1);
    Transformer model = adapters.model();
    perturb(model, 0.1f);
    model.forward(IDS, 1);
    model.lossAndBackward(targets());
    for (Parameter p : model.parameters()) {
      long i = p.value().size() / 2;
      float value = p.value().get(i);
      float step = 1e-2f;
      p.value().set(i, value + step);
      double above = loss(model);
      p.value().set(i, value - step);
      double below = loss(model);
      p.value().set(i, value);
      assertEquals((above - below) / (2 * step), p.gradient().get(i), 1e-3, p.name());
    }
  }

  @Test
  void aModelWithAdaptersIsNotSavedAsIfItHadNone() {
    Adapters adapters = new Adapters(TinyModel.LLAMA.random(3));
    assertThrows(IllegalStateException.class, () -> adapters.model().save(directory));
    assertFalse(Files.exists(directory.resolve("config.json")));
  }

  @Test
  void anAdapterLearnsOverPackedTernaryMatricesWhichStayPacked() throws IOException {
    Transformer base = TinyModel.BITNET.random(6).pack();
    Adapters adapters = new Adapters(base);
    adapters.add("default", LoraConfig.of(4, 8, TargetModules.ALL_LINEAR).withDropout(0.1), 1);
    adapters.training(true);
    Transformer model = adapters.model();
    double first = loss(model);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    for (int step = 0; step < 60; step++) {
      model.clearGradients();
      model.forward(IDS, 1);
      model.lossAndBackward(targets());
      optimizer.step(2e-2, 1);
      model.weightsChanged();
    }
    adapters.training(false);
    assertTrue(loss(model) < 0.95 * first, first + " to " + loss(model));
    assertEquals(base.sizeBytes() + 4 * adapters.trainableCount(), model.sizeBytes());
    adapters.save("default", directory, "bitnet");
    Adapters again = new Adapters(base);
    again.load("default", directory);
    assertArrayEquals(logits(model), logits(again.model()), 0f);
  }

  @Test
  void aMergedGpt2IsStoredAsAGpt2() throws IOException {
    Adapters adapters = new Adapters(TinyModel.GPT2.random(3));
    adapters.add("default", LoraConfig.of(2, 2, TargetModules.ALL_LINEAR).withDora(), 1);
    perturb(adapters.model(), 0.2f);
    adapters.mergeAndUnload().save(directory);
    float[] stored = logits(Transformer.load(directory));
    assertArrayEquals(logits(adapters.model()), stored, (float) MERGED);
  }

  @Test
  void ternaryMatricesAreNotMerged() {
    Adapters adapters = new Adapters(TinyModel.BITNET.random(3).pack());
    adapters.add("default", LoraConfig.of(2, 2, TargetModules.of("v_proj")), 1);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, adapters::merge);
    assertTrue(
        String.valueOf(e.getMessage())
            .startsWith("model.layers.0.self_attn.v_proj: expected a dense"));
  }

  private static Transformer base() throws IOException {
    return Transformer.load(Golden.path("llama_tiny"));
  }

  private static Adapters loaded(String kind) throws IOException {
    Adapters adapters = new Adapters(base());
    adapters.load("golden", Golden.path("peft_" + kind));
    return adapters;
  }

  private static void perturb(Transformer model, float by) {
    int n = 0;
    for (Parameter p : model.parameters()) {
      for (long i = 0; i < p.value().size(); i++) {
        p.value().set(i, p.value().get(i) + by * (float) Math.sin(++n));
      }
    }
    model.weightsChanged();
  }

  private static double loss(Transformer model) {
    model.forward(IDS, 1);
    return model.loss(targets());
  }

  private static int[] targets() {
    int[] targets = new int[IDS.length];
    System.arraycopy(IDS, 1, targets, 0, IDS.length - 1);
    targets[IDS.length - 1] = -100;
    return targets;
  }

  private static float[] logits(Transformer model) {
    return model.forward(IDS, 1).toArray();
  }

  private static double distance(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  private static int[] ints(Tensor ids) {
    int[] out = new int[(int) ids.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) ids.get(i);
    }
    return out;
  }

  private static void assertClose(Tensor expected, Tensor actual, double bound) {
    double largest = 0;
    for (long i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(expected.get(i)));
    }
    double error = distance(expected.toArray(), actual.toArray());
    assertTrue(error <= bound * largest, "off by " + error + " of " + largest);
  }
}
