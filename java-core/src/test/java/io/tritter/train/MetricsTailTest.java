package io.tritter.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.format.FormatException;
import io.tritter.hybrid.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTailTest {
  @TempDir private Path dir;

  private static StepMetrics step(long i) {
    return new StepMetrics(i, Phase.FULL, 2.5, 1, 1e-3, i * 16, 9000, i, false);
  }

  @Test
  void linesAreReadAsTheyComeAndAHalfLineWhenItIsWhole() throws IOException {
    Path path = dir.resolve("metrics.jsonl");
    MetricsTail tail = new MetricsTail(path);
    assertFalse(tail.poll());
    try (MetricsLog log = MetricsLog.create(path)) {
      log.write(step(0));
      assertTrue(tail.poll());
      assertFalse(tail.poll());
      log.write(step(1));
      log.write(new HeldOutLoss(2, 2.25, 1));
    }
    String line = "{\"kind\":\"held_out\",\"step\":3,\"loss\":2.0,\"seconds\":3.0}\n";
    Files.writeString(path, line.substring(0, 20), StandardOpenOption.APPEND);
    assertTrue(tail.poll());
    assertEquals(2, tail.contents().steps().size());
    assertEquals(1, tail.contents().heldOut().size());
    assertFalse(tail.poll());
    Files.writeString(path, line.substring(20), StandardOpenOption.APPEND);
    assertTrue(tail.poll());
    assertEquals(MetricsLog.read(path), tail.contents());
  }

  @Test
  void aLogThatWasReplacedIsReadAnew() throws IOException {
    Path path = dir.resolve("metrics.jsonl");
    MetricsTail tail = new MetricsTail(path);
    for (int count : new int[] {4, 2, 5}) {
      Path other = dir.resolve("other");
      try (MetricsLog log = MetricsLog.create(other)) {
        for (int i = 0; i < count; i++) {
          log.write(step(i));
        }
      }
      Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
      assertTrue(tail.poll());
      assertEquals(count, tail.contents().steps().size());
    }
  }

  @Test
  void aLineThatIsNoneOfALogIsNamedByItsPlaceInTheFile() throws IOException {
    Path path = dir.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.create(path)) {
      log.write(step(0));
    }
    MetricsTail tail = new MetricsTail(path);
    tail.poll();
    long size = Files.size(path);
    Files.writeString(path, "{}\n", StandardOpenOption.APPEND);
    assertEquals(size, assertThrows(FormatException.class, tail::poll).offset());
  }
}
