package io.tritter.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.format.FormatException;
import io.tritter.model.Adapters;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs in which an adapter learns. */
class AdaptedRunTest {
  /** Merging adds the delta to the weight, so that sums are rounded in another order. */
  private static final float MERGE_TOLERANCE = 1e-4f;

  @TempDir private Path folder;

  private Path base;

  @BeforeEach
  void saveAModel() throws IOException {
    base = Files.createDirectories(folder.resolve("base"));
    model("DENSE").save(base);
  }

  private static Transformer model(String weights) {
    return Transformer.random(
        new TransformerConfig(
            256,
            32,
            48,
            2,
            2,
            2,
            16,
            20,
            10_000f,
            1e-5f,
            TransformerConfig.Weights.valueOf(weights),
            TransformerConfig.demo().activation(),
            TransformerConfig.demo().architecture(),
            weights.equals("BITNET"),
            false,
            false,
            true),
        3);
  }

  private RunFile file(String name, String... settings) throws IOException {
    List<String> all = new ArrayList<>();
    all.add("model={path: " + base + "}");
    all.add("training.phases=null");
    all.add("training.schedule={kind: constant}");
    all.addAll(List.of(settings));
    return TinyRun.file(folder.resolve(name), all.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{kind: lora, r: 4, lora_dropout: 0.1}",
        "{kind: lora, r: 4, use_dora: true, target_modules: [q_proj, v_proj]}",
        "{kind: adalora, init_r: 4, target_r: 2, tinit: 5, tfinal: 10, deltaT: 3}",
        "{kind: ia3}",
        "{kind: vera, r: 8}",
        "{kind: loha, r: 2}",
        "{kind: lokr, r: 2}",
        "{kind: oft, oft_block_size: 4}",
        "{kind: boft, boft_block_size: 4}",
        "{kind: prompt, num_virtual_tokens: 4}",
        "{kind: prefix, num_virtual_tokens: 4}",
      })
  void theLossFallsAndARunInTwoPartsGivesTheBytesOfOne(String adapter) throws IOException {
    String[] settings = {"adapter=" + adapter, "training.learning_rate=0.02", "training.steps=40"};
    RunFile whole = file("whole", settings);
    RunSummary summary = TinyRun.train(whole, false, 0);
    assertTrue(summary.heldOutLoss() < Math.log(256) - 0.05, summary.describe());
    RunFile parts = file("parts", settings);
    assertFalse(TinyRun.train(parts, false, 17).finished());
    TinyRun.train(parts, true, 0);
    for (String name : new String[] {"adapter/adapter_model.safetensors", "state.safetensors"}) {
      Path last = Path.of("checkpoints/step-00000040").resolve(name);
      assertArrayEquals(
          Files.readAllBytes(whole.output().resolve(last)),
          Files.readAllBytes(parts.output().resolve(last)),
          name);
    }
    assertFalse(Files.exists(whole.output().resolve("checkpoints/step-00000040/model")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "fp4", "int8"})
  void overAQuantizedModelOnlyTheAdapterLearns(String kind) throws IOException {
    byte[] before = Files.readAllBytes(base.resolve("model.safetensors"));
    RunFile file =
        file(
            kind,
            "adapter={kind: lora, r: 4}",
            "quantization={kind: " + kind + ", block_size: 32}",
            "training.learning_rate=0.02");
    try (TrainingRun run = TrainingRun.start(file, RunListener.NONE)) {
      assertTrue(run.model().parameters().stream().allMatch(p -> p.name().contains("lora_")));
      assertTrue(run.train(() -> false).heldOutLoss() < Math.log(256) - 0.05);
    }
    assertArrayEquals(before, Files.readAllBytes(base.resolve("model.safetensors")));
  }

  @Test
  void anAdapterOverPackedTernaryMatricesLearns() throws IOException {
    base = Files.createDirectories(folder.resolve("packed"));
    model("BITNET").pack().save(base);
    RunFile file = file("ternary", "adapter={kind: lora}", "training.learning_rate=0.02");
    assertTrue(TinyRun.train(file, false, 0).heldOutLoss() < Math.log(256) - 0.05);
  }

  @Test
  void aMergedModelComputesWhatTheAdapterDoes() throws IOException {
    RunFile file = file("merge", "adapter={kind: lora}", "training.steps=10");
    RunSummary summary = TinyRun.train(file, false, 0);
    assertEquals(file.result(), summary.model());
    assertEquals(base, Adapters.baseModel(file.result()));
    Adapters adapters = new Adapters(Transformer.load(base));
    adapters.load("a", file.result());
    int[] ids = {1, 2, 3, 4, 5, 6, 7};
    Tensor wanted = adapters.model().forward(ids, 1).copy();
    Tensor merged = adapters.mergeAndUnload().forward(ids, 1);
    for (long i = 0; i < wanted.size(); i++) {
      assertEquals(wanted.get(i), merged.get(i), MERGE_TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adapter={kind: lora, r: 0}| adapter: r: expected at least 1, got 0",
        "adapter={kind: lora, lora_alpha: -1}| lora_alpha: expected",
        "adapter={kind: lora, rank: 4}| adapter.rank: expected",
        "adapter={kind: qlora}| adapter.kind: expected",
        "adapter={kind: lora, target_modules: '['}| adapter.target_modules: ",
        "adapter={kind: boft, boft_block_size: 4, boft_block_num: 2}| boft_block_size: expected",
        "quantization={kind: nf4}| quantization: expected an adapter",
        "quantization={kind: nf5}| quantization.kind: expected",
        "quantization={block_size: 48}| block_size: expected a power of two",
      })
  void whatDoesNotFitIsRefusedByField(String setting, String message) {
    String refusal =
        String.valueOf(
            assertThrows(FormatException.class, () -> file("refused", setting)).getMessage());
    assertTrue(refusal.contains(message), refusal);
  }

  @Test
  void anAdapterNeedsAModel() {
    String refusal =
        String.valueOf(
            assertThrows(FormatException.class, () -> TinyRun.file(folder, "adapter={kind: lora}"))
                .getMessage());
    assertTrue(refusal.contains("adapter: expected a model.path to adapt"), refusal);
  }
}
