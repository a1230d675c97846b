package io.tritter.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tritter.format.FormatException;
import io.tritter.hybrid.HybridStep.Verdict;
import io.tritter.hybrid.Kind;
import io.tritter.hybrid.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what a {@link MetricsLog} wrote. */
final class MetricsReader {
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String source;
  private final byte[] bytes;

  /** Where they are in the file. */
  private final long start;

  private final List<StepMetrics> steps = new ArrayList<>();
  private final List<HeldOutLoss> heldOut = new ArrayList<>();

  /** Where the line that is being read begins. */
  private int lineStart;

  MetricsReader(String source, byte[] bytes, long start) {
    this.source = source;
    this.bytes = bytes;
    this.start = start;
  }

  /** One past the last line break. */
  static int endOfLastLine(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  MetricsLog.Contents read() throws IOException {
    int end = endOfLastLine(bytes);
    while (lineStart < end) {
      int lineEnd = lineStart;
      while (bytes[lineEnd] != '\n') {
        lineEnd++;
      }
      readLine(lineEnd - lineStart);
      lineStart = lineEnd + 1;
    }
    return new MetricsLog.Contents(steps, heldOut);
  }

  private void readLine(int length) throws IOException {
    JsonNode line;
    try {
      line = JSON.readTree(bytes, lineStart, length);
    } catch (JsonProcessingException e) {
      throw fail("expected a JSON object: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw fail("expected JSON in UTF-8: " + e.getMessage());
    }
    String kind = text(line, "kind");
    switch (kind) {
      case "step" ->
          steps.add(
              new StepMetrics(
                  whole(line, "step"),
                  constant(line, "phase", Phase.class),
                  number(line, "loss"),
                  number(line, "gradient_norm"),
                  number(line, "learning_rate"),
                  whole(line, "tokens"),
                  number(line, "tokens_per_second"),
                  number(line, "seconds"),
                  field(line, "predicted", JsonNode::isBoolean, "true or false").booleanValue(),
                  later(line, "prediction_error"),
                  later(line, "step_seconds"),
                  later(line, "memory_bytes"),
                  constant(line, "predict", Kind.OFF),
                  constant(line, "verdict", Verdict.NONE)));
      case "held_out" ->
          heldOut.add(
              new HeldOutLoss(whole(line, "step"), number(line, "loss"), number(line, "seconds")));
      default -> throw fail("kind: expected step or held_out, got " + kind);
    }
  }

  /** A constant that lines have only where it is another. */
  private <E extends Enum<E>> E constant(JsonNode line, String name, E absent)
      throws FormatException {
    return line.has(name) ? constant(line, name, absent.getDeclaringClass()) : absent;
  }

  private <E extends Enum<E>> E constant(JsonNode line, String name, Class<E> type)
      throws FormatException {
    String text = text(line, name);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(text)) {
        return constant;
      }
    }
    throw fail(
        "%s: expected one of %s, got %s"
            .formatted(name, Arrays.toString(type.getEnumConstants()), text));
  }

  private String text(JsonNode line, String name) throws FormatException {
    return field(line, name, JsonNode::isTextual, "text").textValue();
  }

  private long whole(JsonNode line, String name) throws FormatException {
    return field(line, name, n -> n.isIntegralNumber() && n.canConvertToLong(), "a whole number")
        .longValue();
  }

  private double number(JsonNode line, String name) throws FormatException {
    JsonNode field = field(line, name, n -> n.isNumber() || n.isNull(), "a number or null");
    return field.isNull() ? Double.NaN : field.doubleValue();
  }

  /** A number that logs of earlier versions do not have. */
  private double later(JsonNode line, String name) throws FormatException {
    return line.has(name) ? number(line, name) : Double.NaN;
  }

  private interface Rule {
    boolean allows(JsonNode node);
  }

  private JsonNode field(JsonNode line, String name, Rule rule, String wanted)
      throws FormatException {
    JsonNode field = line.path(name);
    if (!rule.allows(field)) {
      throw fail("%s: expected %s, got %s".formatted(name, wanted, field));
    }
    return field;
  }

  private FormatException fail(String message) {
    return new FormatException(source, start + lineStart, message);
  }
}
