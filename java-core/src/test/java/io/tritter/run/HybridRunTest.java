package io.tritter.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.format.FormatException;
import io.tritter.hybrid.Effort;
import io.tritter.hybrid.ForecastError;
import io.tritter.hybrid.HybridConfig;
import io.tritter.hybrid.HybridConfig.Preset;
import io.tritter.hybrid.HybridStep.Verdict;
import io.tritter.hybrid.Kind;
import io.tritter.hybrid.Opening;
import io.tritter.hybrid.Phase;
import io.tritter.model.Transformer;
import io.tritter.optim.AdamW;
import io.tritter.optim.CautiousAdamW;
import io.tritter.train.MetricsLog;
import io.tritter.train.StepMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class HybridRunTest {
  @TempDir private Path folder;

  private static RunFile file(Path folder, String... hybrid) throws IOException {
    List<String> settings = new ArrayList<>(List.of("training.phases=null", "model.layers=2"));
    for (String setting : hybrid) {
      settings.add("hybrid." + setting);
    }
    return TinyRun.file(folder, settings.toArray(String[]::new));
  }

  /** A kind that is tried every few steps, however it does. */
  private static RunFile trying(Path folder, Kind kind) throws IOException {
    return file(
        folder,
        "kinds=[" + kind + "]",
        "lengths=[3]",
        "warmup_steps=4",
        "full_steps=4",
        "recovery_steps=2",
        "opening={kind: off}",
        "confidence=1e-9",
        "rejections=100",
        "trying_share=0.5",
        "forecast=" + (kind == Kind.BATCH));
  }

  private static List<StepMetrics> steps(Path run) throws IOException {
    return MetricsLog.read(run.resolve("out/metrics.jsonl")).steps();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "OFF")
  void aRunInPartsHasTheBytesOfOneInOneGo(Kind kind) throws IOException {
    Path one = folder.resolve("one");
    TinyRun.train(trying(one, kind), false, 0);
    Path parts = folder.resolve("parts");
    // 7 ends a part within an attempt or another, whatever the kind
    for (int i = 0; i < 9; i++) {
      TinyRun.train(trying(parts, kind), true, 7);
    }
    for (String name : List.of("model/model.safetensors", "state.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(last(one).resolve(name)),
          Files.readAllBytes(last(parts).resolve(name)),
          name);
    }
    List<StepMetrics> steps = steps(one);
    assertEquals(
        steps.stream().map(StepMetrics::verdict).toList(),
        steps(parts).stream().map(StepMetrics::verdict).toList());
    if (kind != Kind.DISPLACEMENT && kind != Kind.LINEAR && kind != Kind.COASTING) {
      assertTrue(steps.stream().anyMatch(m -> m.verdict() != Verdict.NONE), "an attempt");
    }
    for (StepMetrics m : steps) {
      assertEquals(m.phase() == Phase.PREDICT ? kind : Kind.OFF, m.kind());
      assertEquals(m.phase() == Phase.PREDICT, m.predicted());
      assertEquals(m.kind().jumps(), Double.isNaN(m.loss()), "step " + m.step());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "bfloat16"})
  void anOpeningThatStacksGoesOnFromWhereItWasAndMakesLayersOfThoseBelow(String precision)
      throws IOException {
    String[] settings = {
      "model.layers=3",
      "training.phases=null",
      "training.precision=" + precision,
      "checkpoints.every=1",
      "hybrid.warmup_steps=2",
      "hybrid.kinds=[]",
      "hybrid.opening={kind: shallow, steps: 12, strengths: [0.3, 0.6]}"
    };
    Path one = folder.resolve("one");
    TinyRun.train(TinyRun.file(one, settings), false, 0);
    Path parts = folder.resolve("parts");
    TinyRun.train(TinyRun.file(parts, settings), false, 14);
    Path grown = parts.resolve("out/checkpoints/step-00000014/model");
    Map<String, float[]> weights = new TreeMap<>();
    Transformer.load(grown).parameters().forEach(p -> weights.put(p.name(), p.value().toArray()));
    int copies = 0;
    for (String name : weights.keySet()) {
      if (name.contains(".layers.2.")) {
        copies++;
        assertArrayEquals(weights.get(name.replace(".layers.2.", ".layers.0.")), weights.get(name));
        float[] second = weights.get(name.replace(".layers.2.", ".layers.1."));
        assertTrue(name.contains("norm") || !Arrays.equals(second, weights.get(name)), name);
      }
    }
    assertEquals(11, copies, "matrices and norms of a layer");
    for (int i = 0; i < 9; i++) {
      TinyRun.train(TinyRun.file(parts, settings), true, 7);
    }
    for (String name : List.of("model/model.safetensors", "state.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(last(one).resolve(name)),
          Files.readAllBytes(last(parts).resolve(name)),
          name);
    }
  }

  @Test
  void aNewModelIsStackedAndOneThatHasLearnedIsNot() throws IOException {
    String opening = "opening={kind: shallow, steps: 9, strengths: 0.5}";
    assertTrue(opening(file(folder, opening)).stack());
    assertTrue(opening(file(folder, "preset=balanced")).stack());
    RunFile trained = TinyRun.file(folder, "training.phases=null", "model={path: m}", "hybrid={}");
    assertEquals(Kind.BATCH, opening(trained).kind());
    FormatException e =
        assertThrows(
            FormatException.class,
            () ->
                TinyRun.file(
                    folder,
                    "training.phases=null",
                    "model={path: m}",
                    "adapter={kind: lora}",
                    "hybrid.from_scratch=true"));
    assertTrue(String.valueOf(e.getMessage()).contains("hybrid.opening.stack"), e.getMessage());
  }

  private static Opening opening(RunFile file) {
    return Objects.requireNonNull(file.hybrid()).opening();
  }

  @Test
  void besideCheapStepsTheOptimizerIsCautiousUnlessOneIsNamed() throws IOException {
    assertInstanceOf(CautiousAdamW.class, file(folder, "preset=safe").training().optimizer());
    RunFile named =
        TinyRun.file(
            folder,
            "training.phases=null",
            "training.optimizer={kind: adamw}",
            "hybrid.preset=safe");
    assertInstanceOf(AdamW.Settings.class, named.training().optimizer());
  }

  private static Path last(Path run) {
    return run.resolve("out/checkpoints/step-00000060");
  }

  @Test
  void anOpeningReadsAPartOfTheBatches() throws IOException {
    TinyRun.train(
        file(
            folder,
            "warmup_steps=2",
            "kinds=[]",
            "opening={kind: batch, steps: 8, strengths: [0.25, 0.5]}"),
        false,
        0);
    List<StepMetrics> steps = steps(folder);
    long whole = 2 * 2 * 16;
    for (int i = 1; i < 20; i++) {
      double share = i < 2 ? 1 : i < 6 ? 0.25 : i < 10 ? 0.5 : 1;
      long tokens = steps.get(i).tokens() - steps.get(i - 1).tokens();
      assertEquals(Math.round(share * whole), tokens, "step " + i);
    }
  }

  @Test
  void aRunWithAPresetLearnsAndKeepsItsPlace() throws IOException {
    RunSummary summary = TinyRun.train(file(folder, "preset=aggressive"), false, 0);
    assertEquals(60, summary.steps());
    List<StepMetrics> steps = steps(folder);
    assertEquals(45, steps.stream().filter(m -> m.kind() == Kind.SHALLOW).count());
    assertTrue(summary.bestLoss() < steps.get(0).loss() - 0.3, summary.describe());
  }

  @Test
  void whatForecastsWereWorthIsInTheSummaryAndOnThePage() throws IOException {
    RunFile file = trying(folder, Kind.BATCH);
    RunSummary summary = TinyRun.train(file, false, 0);
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    summary.forecasts().forEach(error -> kinds.add(error.kind()));
    assertEquals(EnumSet.of(Kind.OFF, Kind.BATCH), kinds);
    Map<String, String> facts = RunStatus.read(file.output()).facts();
    for (ForecastError error : summary.forecasts()) {
      String what =
          "forecast error, %d %s steps"
              .formatted(error.steps(), error.kind() == Kind.OFF ? "full" : "batch");
      String fact = String.valueOf(facts.get(what));
      assertTrue(fact.startsWith("%.4f; ".formatted(error.forecast())), what + " " + facts);
      assertTrue(summary.describe().contains(what + ": " + fact), summary.describe());
    }
    Path other = file.output().resolve("summary.json");
    Files.writeString(other, Files.readString(other).replace("batch", "bach"));
    FormatException e = assertThrows(FormatException.class, () -> RunStatus.read(file.output()));
    assertTrue(String.valueOf(e.getMessage()).contains("kind: expected one of"), e.getMessage());
  }

  @Test
  void theSectionIsAPresetAndWhatIsToBeOtherwise() throws IOException {
    assertEquals(
        HybridConfig.of(Preset.BALANCED, 60, true), file(folder, "preset=balanced").hybrid());
    HybridConfig safe = HybridConfig.of(Preset.SAFE, 60, true);
    HybridConfig got = file(folder, "preset=safe", "most_rate=8", "forecast=true").hybrid();
    assertEquals(safe.withMostRate(8).withForecast(true), got);
    Opening context = new Opening(Kind.CONTEXT, 9, List.of(0.5));
    assertEquals(
        safe.withOpening(context),
        file(folder, "preset=safe", "opening={kind: context, steps: 9, strengths: 0.5}").hybrid());
  }

  @Test
  void whatIsUnknownOrDoesNotFitIsRefusedByName() {
    refused("hybrid.recovery_step: expected 'recovery_steps'", "recovery_step=3");
    refused("kinds: expected one of", "kinds=[bach]");
    refused("lengths: expected whole numbers, got '2.5'", "lengths=[2.5]");
    refused("hybrid: warmup_steps: expected at least 1, got 0", "warmup_steps=0");
    refused("hybrid.clock: expected one of", "clock=sun");
    refused("hybrid.opening.step: expected 'steps'", "opening={kind: batch, step: 3}");
    FormatException e =
        assertThrows(FormatException.class, () -> TinyRun.file(folder, "hybrid.preset=safe"));
    assertTrue(String.valueOf(e.getMessage()).contains("no training.phases"), e.getMessage());
  }

  private void refused(String message, String setting) {
    FormatException e = assertThrows(FormatException.class, () -> file(folder, setting));
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
  }

  @Test
  void thePartsOfAPassCostTheirShareOfIt() throws IOException {
    RunFile run = file(folder);
    Transformer model = run.model().open(RunTokenizer.of(run).tokenizer(), 1);
    TransformerPasses passes = new TransformerPasses(new WholeModel(model), null, 16);
    assertEquals(1, passes.cost(Effort.FULL), 1e-12);
    assertEquals(0.25, passes.cost(new Effort(0.25, 1, 1, true)), 1e-12);
    double half = passes.cost(new Effort(1, 1, 0.5, true));
    assertTrue(half > 0.5 && half < 1, "half of the layers: " + half);
    double shorter = passes.cost(new Effort(1, 0.5, 1, true));
    assertTrue(shorter > 0.45 && shorter < 0.5, "half of the context: " + shorter);
    double without = passes.cost(new Effort(1, 1, 1, false));
    assertTrue(without > 0.6 && without <= 1, "without embeddings: " + without);
  }
}
