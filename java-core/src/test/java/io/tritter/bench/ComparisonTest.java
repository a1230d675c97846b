package io.tritter.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  private static final double ROUNDING = 1e-9;

  @TempDir private Path folder;
  private Path file = Path.of("");
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void writeARunFile() throws IOException {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "a line of a text that is long enough\n".repeat(4000));
    file = folder.resolve("run.yaml");
    Files.writeString(
        file,
        """
        model: {hidden_size: 16, intermediate_size: 24, layers: 2, heads: 2, context: 16}
        data:
          sources: [{path: %s}]
          held_out: [{path: %s}]
          batch: 2
          context: 16
        training: {steps: 6}
        evaluation: {batches: 2}
        output: %s
        """
            .formatted(text, text, folder.resolve("out")));
  }

  private static void assertSpeeds(ComparisonReport.Row row, double... expected) {
    double[] speeds = row.speeds().stream().mapToDouble(s -> s).toArray();
    assertArrayEquals(expected, speeds, ROUNDING);
  }

  private Comparison comparison(int seeds, double rate, Variant... variants) {
    return new Comparison(
        file,
        List.of(),
        0.02,
        seeds,
        List.of(variants),
        List.of(rate, 2 * rate),
        List.of(0.8),
        folder.resolve("bench"),
        said::add);
  }

  @Test
  void everyVariantIsTrainedForEverySeedAndGoesOnWhereItStopped() throws IOException {
    Variant muon = new Variant("muon", List.of("training.optimizer.kind=muon"));
    Variant hybrid =
        new Variant(
            "hybrid",
            List.of("hybrid={preset: safe, warmup_steps: 2, full_steps: 2, recovery_steps: 2}"));
    comparison(1, 0.01, muon).run(() -> false);
    List<String> first = Files.readAllLines(folder.resolve("bench/results.jsonl"));
    assertEquals(4, first.size());
    ComparisonReport report = comparison(2, 0.01, muon, hybrid).run(() -> false);
    List<String> all = Files.readAllLines(folder.resolve("bench/results.jsonl"));
    assertEquals(10, all.size());
    assertEquals(first, all.subList(0, 4));
    assertEquals(
        List.of("adamw", "muon", "hybrid"),
        report.rows().stream().map(ComparisonReport.Row::variant).toList());
    for (ComparisonReport.Row row : report.rows()) {
      assertEquals(2, row.speeds().size(), row.variant());
      assertTrue(row.loss() < Math.log(256), row.variant());
    }
    assertTrue(said.stream().anyMatch(s -> s.contains("4 trainings are there already")), "" + said);
    report.write(folder);
    String page = Files.readString(folder.resolve("report.html"));
    assertTrue(page.contains("Held-out loss by seconds") && page.contains("muon"), page);
    assertTrue(Files.readString(folder.resolve("summary.json")).contains("\"speed\""));
  }

  @Test
  void theResultsOfAnotherComparisonAreRefused() throws IOException {
    comparison(1, 0.01).run(() -> false);
    assertThrows(FormatException.class, () -> comparison(1, 0.02).run(() -> false));
  }

  @Test
  void whatIsStoppedLeavesNoHalfTraining() throws IOException {
    ComparisonReport report = comparison(1, 0.01).run(() -> true);
    assertEquals(List.of(), report.results());
    assertEquals(List.of(), report.rows());
    assertTrue(report.describe().contains("variant"));
  }

  @Test
  void speedIsTheTimeOfTheBaselineToTheSameLoss() {
    List<TrialResult> results = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      results.add(BaselineCurveTest.trial("adamw", 0.5, seed, 10, 3));
      results.add(BaselineCurveTest.trial("adamw", 1, seed, 20, 2.5));
      results.add(BaselineCurveTest.trial("adamw", 2, seed, 40, 2.25));
      results.add(BaselineCurveTest.trial("fast", 1, seed, 20 - seed, 2.25));
    }
    results.add(BaselineCurveTest.trial("slow", 1, 0, 20, 3.5));
    ComparisonReport report = new ComparisonReport(results, Map.of());
    assertSpeeds(report.rows().getFirst(), 1, 1, 1);
    ComparisonReport.Row fast = report.rows().get(1);
    assertSpeeds(fast, 2, 40.0 / 19, 40.0 / 18);
    assertEquals(40.0 / 19, fast.speed(), ROUNDING);
    assertEquals(0, fast.beyond());
    ComparisonReport.Row slow = report.rows().get(2);
    assertEquals(0.25, slow.speed(), ROUNDING);
    assertEquals(1, slow.beyond());
  }

  @Test
  void aResultGoesThroughItsLine() throws IOException {
    TrialResult result = BaselineCurveTest.trial("x", 0.5, 3, 1.25, 2.5);
    assertEquals(result, TrialResult.of(result.toJson()));
  }

  @Test
  void aVariantIsANameAndSettings() {
    Variant variant = Variant.parse("mine: a.b=1  c={d:2}");
    assertEquals(new Variant("mine", List.of("a.b=1", "c={d:2}")), variant);
    assertThrows(IllegalArgumentException.class, () -> Variant.parse("a=1"));
  }
}
