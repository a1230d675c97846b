package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.PrefixTuningConfig;
import io.tritter.adapter.PromptTuningConfig;
import io.tritter.adapter.PromptTuningConfig.Init;
import io.tritter.adapter.TargetModules;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SoftPromptTest {
  /** Float32 in another order of addition, relative to the largest logit. */
  private static final double LOGITS = 2e-4;

  /** Two sequences of seven. */
  private static final int[] IDS = {1, 5, 9, 2, 7, 7, 0, 30, 12, 3, 3, 8, 21, 4};

  private static final int BATCH = 2;

  @TempDir Path directory;

  static Stream<AdapterConfig> configs() {
    return Stream.of(PromptTuningConfig.of(3), new PrefixTuningConfig(3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompt", "prefix"})
  void logitsEqualThoseOfPeft(String kind) throws IOException {
    Golden.Case expected = Golden.load("peft_" + kind + "_logits");
    Tensor ids = expected.get("ids");
    Tensor all = expected.get("logits");
    int[] input = new int[(int) ids.size()];
    Arrays.setAll(input, i -> (int) ids.get(i));
    Tensor logits = golden(kind).model().forward(input, ids.dim(0));
    float largest = 0;
    for (float value : all.toArray()) {
      largest = Math.max(largest, Math.abs(value));
    }
    int seqLen = ids.dim(1);
    Tensor rows = all.reshape(all.dim(0) * all.dim(1), all.dim(2));
    for (int b = 0; b < ids.dim(0); b++) {
      int end = (b + 1) * all.dim(1); // PEFT also returns the logits of a prompt
      float[] wanted = rows.rows(end - seqLen, end).toArray();
      float[] got = logits.rows(b * seqLen, (b + 1) * seqLen).toArray();
      assertArrayEquals(wanted, got, (float) LOGITS * largest);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompt", "prefix"})
  void aSavedDirectoryHasTheSameBytesAndGivesTheSameLogits(String kind) throws IOException {
    Adapters adapters = golden(kind);
    adapters.save("golden", directory, "llama_tiny");
    assertArrayEquals(
        Files.readAllBytes(Golden.path("peft_" + kind + "/adapter_model.safetensors")),
        Files.readAllBytes(directory.resolve("adapter_model.safetensors")));
    Adapters again = new Adapters(llama());
    again.load("again", directory);
    assertEquals(adapters.config("golden"), again.config("again"));
    assertArrayEquals(logits(adapters.model()), logits(again.model()), 0f);
  }

  /** The loss against the gradient of some numbers, with and without activation checkpointing. */
  @ParameterizedTest
  @EnumSource(TinyModel.class)
  void gradientsAreThoseOfTheLoss(TinyModel kind) {
    for (AdapterConfig config : configs().toList()) {
      Transformer base = kind == TinyModel.BITNET ? kind.random(5).pack() : kind.random(5);
      Adapters adapters = new Adapters(base);
      adapters.add("default", config, 1);
      Transformer model = adapters.model();
      Parameter p = model.parameters().getFirst();
      assertEquals(1, model.parameters().size());
      model.forward(IDS, BATCH);
      model.lossAndBackward(targets());
      float[] gradient = p.gradient().toArray();
      model.checkpointEvery(1);
      model.clearGradients();
      model.forward(IDS, BATCH);
      model.lossAndBackward(targets());
      assertArrayEquals(gradient, p.gradient().toArray(), 0f);
      if (kind == TinyModel.BITNET) {
        continue; // rounded activations have steps that differences see
      }
      float step = 1e-2f;
      for (int i = 0; i < gradient.length; i += 7) {
        float value = p.value().get(i);
        p.value().set(i, value + step);
        double above = loss(model);
        p.value().set(i, value - step);
        double below = loss(model);
        p.value().set(i, value);
        assertEquals((above - below) / (2 * step), gradient[i], 1e-3, config + " " + i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void aSequenceInABatchGivesTheLogitsThatItGivesAlone(AdapterConfig config) {
    Transformer model = with(config, TinyModel.LLAMA).model();
    float[] both = logits(model);
    int half = IDS.length / 2;
    float[] second = model.forward(Arrays.copyOfRange(IDS, half, IDS.length), 1).toArray();
    assertArrayEquals(
        Arrays.copyOfRange(both, both.length / 2, both.length), second, 1e-5f); // tiles of rows
  }

  @ParameterizedTest
  @EnumSource(TinyModel.class)
  void generationWithACacheIsThatOfWholePasses(TinyModel kind) {
    for (AdapterConfig config : configs().toList()) {
      Transformer model = with(config, kind).model();
      int room = TinyModel.CONTEXT - 3;
      assertEquals(room, model.maxSequence());
      int[] text = Arrays.copyOf(new int[] {4, 9, 2}, room);
      Generator generator = new Generator(model, new int[] {4, 9, 2}, Sampling.GREEDY, 1);
      for (int n = 3; n < room; n++) {
        Tensor logits = model.forward(Arrays.copyOf(text, n), 1);
        text[n] = generator.next();
        float[] last = logits.rows(n - 1, n).toArray();
        int best = text[n];
        for (float other : last) {
          assertTrue(other <= last[best] + 1e-4f, config + " " + n);
        }
      }
      for (int i = 0; i < TinyModel.CONTEXT; i++) {
        generator.next(); // the context is full and begins anew
      }
      assertThrows(
          IllegalArgumentException.class, () -> model.forward(new int[TinyModel.CONTEXT - 2], 1));
    }
  }

  @Test
  void aPromptOfTextIsReadAsTheTextIs() {
    Transformer base = TinyModel.GPT2.random(2);
    Adapters adapters = new Adapters(base);
    adapters.add("text", new PromptTuningConfig(3, Init.TEXT, List.of(7, 8)), 1);
    float[] behind = adapters.model().forward(new int[] {4, 5}, 1).toArray();
    float[] all = base.forward(new int[] {7, 8, 7, 4, 5}, 1).toArray();
    assertArrayEquals(Arrays.copyOfRange(all, 3 * 31, all.length), behind, 1e-5f); // tiles of rows
    adapters.add("drawn", new PromptTuningConfig(2, Init.SAMPLE_VOCAB, List.of()), 1);
    float[] row = adapters.model().parameters().getFirst().value().rows(1, 2).toArray();
    Tensor table = base.parameters().getFirst().value();
    assertTrue(
        Stream.iterate(0, i -> i + 1)
            .limit(TinyModel.VOCABULARY)
            .anyMatch(i -> Arrays.equals(table.rows(i, i + 1).toArray(), row)));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void itStandsBesideLoraButNotBesideAnotherAndIsNotMerged(AdapterConfig config) {
    Adapters adapters = with(config, TinyModel.LLAMA);
    float[] alone = logits(adapters.model());
    adapters.add("lora", LoraConfig.of(2, 4, TargetModules.ALL_LINEAR), 1);
    adapters.activate("default", "lora");
    assertEquals(1 + 14 * 2, adapters.model().parameters().size());
    assertArrayEquals(alone, logits(adapters.model()), 0f);
    assertThrows(IllegalArgumentException.class, adapters::merge);
    assertThrows(IllegalArgumentException.class, adapters::mergeAndUnload);
    adapters.add("second", PromptTuningConfig.of(2), 1);
    assertThrows(IllegalArgumentException.class, () -> adapters.activate("default", "second"));
    assertThrows(IllegalArgumentException.class, () -> adapters.activate(Map.of("default", 0.5f)));
    assertEquals(Map.of("second", 1f), adapters.active());
    adapters.activate();
    assertArrayEquals(logits(adapters.base()), logits(adapters.model()), 0f);
    assertThrows(
        IllegalArgumentException.class,
        () -> adapters.add("long", PromptTuningConfig.of(TinyModel.CONTEXT), 1));
  }

  private static Transformer llama() throws IOException {
    return Transformer.load(Golden.path("llama_tiny"));
  }

  private static Adapters golden(String kind) throws IOException {
    Adapters adapters = new Adapters(llama());
    adapters.load("golden", Golden.path("peft_" + kind));
    return adapters;
  }

  private static Adapters with(AdapterConfig config, TinyModel kind) {
    Transformer base = kind.random(6);
    for (Parameter p : base.parameters()) {
      if (p.decays()) {
        p.value().axpby(8f, p.value(), 0f); // logits that differ
      }
    }
    base.weightsChanged();
    Adapters adapters = new Adapters(base);
    adapters.add("default", config, 1);
    return adapters;
  }

  private static float[] logits(Transformer model) {
    return model.forward(IDS, BATCH).toArray();
  }

  private static double loss(Transformer model) {
    model.forward(IDS, BATCH);
    return model.loss(targets());
  }

  private static int[] targets() {
    int[] targets = Arrays.copyOfRange(IDS, 1, IDS.length + 1);
    targets[IDS.length / 2 - 1] = -100;
    targets[IDS.length - 1] = -100;
    return targets;
  }
}
