package io.tritter.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tritter.hybrid.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The records by hand; {@code tests/test_runs.py} has TensorBoard read a file. */
class EventFileTest {
  @TempDir private Path folder;

  private List<byte[]> records() throws IOException {
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] record = new byte[(int) bytes.getLong()];
      bytes.getInt();
      bytes.get(record);
      bytes.getInt();
      records.add(record);
    }
    return records;
  }

  @Test
  void aStepIsAnEventWithTheNumbersThatAreKnown() throws IOException {
    try (EventFile file = EventFile.create(folder, 300)) {
      file.write(new StepMetrics(300, Phase.FULL, 1.5, Double.NaN, 1, 0, Double.NaN, 0, true));
    }
    List<byte[]> records = records();
    assertEquals(3, records.size());
    // Behind the wall time: 301 steps, then the summary with loss, learning_rate and predicted.
    String event = HexFormat.of().formatHex(records.get(2)).substring(18);
    String loss = "0a110a0a" + hex("train/loss") + "150000c03f";
    String rate = "0a1a0a13" + hex("train/learning_rate") + "150000803f";
    String predicted = "0a160a0f" + hex("train/predicted") + "150000803f";
    String summary = loss + rate + predicted;
    assertEquals("10ad02" + "2a" + "%02x".formatted(summary.length() / 2) + summary, event);
    assertEquals("10ad02" + "3a020801", HexFormat.of().formatHex(records.get(1)).substring(18));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }
}
