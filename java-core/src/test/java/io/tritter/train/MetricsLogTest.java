package io.tritter.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tritter.format.FormatException;
import io.tritter.hybrid.HybridStep.Verdict;
import io.tritter.hybrid.Kind;
import io.tritter.hybrid.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsLogTest {
  private static final StepMetrics STEP =
      new StepMetrics(7, Phase.FULL, 2.5, 0.75, 1e-3, 16384, 9000, 2, false);
  private static final StepMetrics PREDICTED =
      new StepMetrics(
          8, Phase.PREDICT, 2.25, Double.NaN, 1e-3, 18432, 9100.5, 2.25, true, 0.5, 0.25, 6e7);
  private static final StepMetrics CHEAP =
      new StepMetrics(
          9,
          Phase.CORRECT,
          2.25,
          1,
          1e-3,
          18432,
          9100.5,
          2.25,
          true,
          0.5,
          0.25,
          6e7,
          Kind.BATCH,
          Verdict.ROLLED_BACK);
  private static final HeldOutLoss HELD_OUT = new HeldOutLoss(9, 2.375, 3);

  @TempDir Path dir;

  @Test
  void linesAreAsDocumented() throws IOException {
    Path path = dir.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.create(path)) {
      log.write(STEP);
      log.write(HELD_OUT);
    }
    assertEquals(
        """
        {"kind":"step","step":7,"phase":"FULL","loss":2.5,"gradient_norm":0.75,\
        "learning_rate":0.001,"tokens":16384,"tokens_per_second":9000.0,"seconds":2.0,\
        "predicted":false,"prediction_error":null,"step_seconds":null,"memory_bytes":null}
        {"kind":"held_out","step":9,"loss":2.375,"seconds":3.0}
        """,
        Files.readString(path));
  }

  @Test
  void whatIsWrittenIsReadWhileTheLogIsStillOpen() throws IOException {
    Path path = dir.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.create(path)) {
      log.write(STEP);
      assertEquals(List.of(STEP), MetricsLog.read(path).steps());
      log.write(PREDICTED);
      log.write(CHEAP);
      log.write(HELD_OUT);
      MetricsLog.Contents contents = MetricsLog.read(path);
      assertEquals(List.of(STEP, PREDICTED, CHEAP), contents.steps());
      assertEquals(List.of(HELD_OUT), contents.heldOut());
    }
  }

  @Test
  void infiniteLossesAreReadAsNotMeasured() throws IOException {
    Path path = dir.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.create(path)) {
      log.write(new HeldOutLoss(1, Double.POSITIVE_INFINITY, 0));
    }
    assertEquals(Double.NaN, MetricsLog.read(path).heldOut().getFirst().loss());
  }

  @Test
  void aLineThatWasCutOffIsLeftOutAndRemovedBeforeMoreIsAppended() throws IOException {
    Path path = dir.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.create(path)) {
      log.write(STEP);
    }
    String whole = Files.readString(path);
    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(path, whole + whole.substring(0, length));
      assertEquals(List.of(STEP), MetricsLog.read(path).steps(), "cut after " + length);
    }
    try (MetricsLog log = MetricsLog.append(path)) {
      log.write(PREDICTED);
    }
    assertEquals(List.of(STEP, PREDICTED), MetricsLog.read(path).steps());
    try (MetricsLog log = MetricsLog.append(dir.resolve("new.jsonl"))) {
      log.write(HELD_OUT);
    }
    assertEquals(List.of(HELD_OUT), MetricsLog.read(dir.resolve("new.jsonl")).heldOut());
    MetricsLog.create(path).close();
    assertEquals(List.of(), MetricsLog.read(path).steps());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"kind\":\"other\"}",
        "{\"kind\":\"held_out\",\"step\":1.5,\"loss\":1,\"seconds\":1}",
        "{\"kind\":\"held_out\",\"step\":99999999999999999999,\"loss\":1,\"seconds\":1}",
        "{\"kind\":\"held_out\",\"step\":1,\"loss\":\"1\",\"seconds\":1}",
        "{\"kind\":\"held_out\",\"step\":1,\"loss\":1}",
        "{\"kind\":\"held_out\",\"step\":1,\"step\":1,\"loss\":1,\"seconds\":1}",
        "{\"kind\":\"held_out\",\"step\":1,\"loss\":1,\"seconds\":1} {}",
        "{\"kind\":\"step\",\"step\":1,\"phase\":\"NAP\"}",
        "{\"kind\":\"step\",\"step\":1,\"phase\":\"FULL\",\"loss\":1,\"gradient_norm\":1,"
            + "\"learning_rate\":1,\"tokens\":1,\"tokens_per_second\":1,\"seconds\":1,"
            + "\"predicted\":0}",
      })
  void aLineThatIsNotOneOfALogIsRefusedWithItsPlace(String line) throws IOException {
    Path path = dir.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.create(path)) {
      log.write(HELD_OUT);
    }
    long offset = Files.size(path);
    Files.writeString(path, line + "\n", StandardOpenOption.APPEND);
    FormatException e = assertThrows(FormatException.class, () -> MetricsLog.read(path));
    assertEquals(offset, e.offset());
    assertTrue(String.valueOf(e.getMessage()).contains("expected"), e.getMessage());
  }

  @Test
  void aFullDiskIsAnErrorWithTheNameOfTheLog() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));
    try (MetricsLog log = MetricsLog.create(full)) {
      IOException e = assertThrows(IOException.class, () -> log.write(HELD_OUT));
      assertTrue(String.valueOf(e.getMessage()).startsWith("/dev/full: "), e.getMessage());
    }
  }

  @Test
  void perplexityIsTheExponentialOfTheLoss() {
    assertEquals(Math.exp(2.5), STEP.perplexity());
  }
}
