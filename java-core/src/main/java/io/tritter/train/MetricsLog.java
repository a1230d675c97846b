package io.tritter.train;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tritter.format.AtomicFile;
import io.tritter.format.FormatException;
import io.tritter.hybrid.HybridStep.Verdict;
import io.tritter.hybrid.Kind;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The metrics of a run in a file, a JSON object a line, written through to the file line by line:
 * what was measured survives the end of the process, however it ends.
 *
 * <pre>{@code
 * {"kind":"step","step":7,"phase":"FULL","loss":2.5,"gradient_norm":0.75,"learning_rate":0.001,
 *  "tokens":16384,"tokens_per_second":9000.0,"seconds":2.0,"predicted":false,
 *  "prediction_error":null,"step_seconds":0.25,"memory_bytes":61000000.0}
 * {"kind":"held_out","step":8,"loss":2.25,"seconds":3.0}
 * }</pre>
 *
 * <p>A cheap step has its kind, {@code "predict":"BATCH"}, and the end of an attempt at them {@code
 * "verdict":"KEPT"} or {@code "ROLLED_BACK"}.
 *
 * <p>A number that was not measured, or is not finite, is {@code null} and read as NaN.
 */
public final class MetricsLog implements Closeable {
  private final Path path;
  private final OutputStream out;

  private MetricsLog(Path path, OutputStream out) {
    this.path = path;
    this.out = out;
  }

  /**
   * All of a log.
   *
   * @param steps in the order of the file
   * @param heldOut in the order of the file
   */
  public record Contents(List<StepMetrics> steps, List<HeldOutLoss> heldOut) {
    public Contents {
      steps = List.copyOf(steps);
      heldOut = List.copyOf(heldOut);
    }
  }

  /** A log that begins anew; what the file held is gone. */
  public static MetricsLog create(Path path) throws IOException {
    return new MetricsLog(path, Files.newOutputStream(path));
  }

  /** A log that goes on behind the lines of the file; a line that was cut off is removed. */
  public static MetricsLog append(Path path) throws IOException {
    if (Files.exists(path)) {
      byte[] bytes = Files.readAllBytes(path);
      int end = MetricsReader.endOfLastLine(bytes);
      if (end < bytes.length) {
        try (var channel = Files.newByteChannel(path, StandardOpenOption.WRITE)) {
          channel.truncate(end);
        }
      }
    }
    return new MetricsLog(
        path, Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  /**
   * Reads a log. A last line that was cut off, as by a process that was killed, is left out.
   *
   * @throws FormatException for any other line that is not as above
   */
  public static Contents read(Path path) throws IOException {
    return new MetricsReader(path.toString(), Files.readAllBytes(path), 0).read();
  }

  /** Writes a line. */
  public void write(StepMetrics m) throws IOException {
    line(
        "step",
        json -> {
          json.writeNumberField("step", m.step());
          json.writeStringField("phase", m.phase().name());
          number(json, "loss", m.loss());
          number(json, "gradient_norm", m.gradientNorm());
          number(json, "learning_rate", m.learningRate());
          json.writeNumberField("tokens", m.tokens());
          number(json, "tokens_per_second", m.tokensPerSecond());
          number(json, "seconds", m.seconds());
          json.writeBooleanField("predicted", m.predicted());
          number(json, "prediction_error", m.predictionError());
          number(json, "step_seconds", m.stepSeconds());
          number(json, "memory_bytes", m.memoryBytes());
          if (m.kind() != Kind.OFF) {
            json.writeStringField("predict", m.kind().name());
          }
          if (m.verdict() != Verdict.NONE) {
            json.writeStringField("verdict", m.verdict().name());
          }
        });
  }

  /** Writes a line. */
  public void write(HeldOutLoss m) throws IOException {
    line(
        "held_out",
        json -> {
          json.writeNumberField("step", m.step());
          number(json, "loss", m.loss());
          number(json, "seconds", m.seconds());
        });
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  /** One write of one whole line, to a stream that holds nothing back. */
  private void line(String kind, Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = MetricsReader.JSON.getFactory().createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("kind", kind);
      fields.write(json);
      json.writeEndObject();
    }
    bytes.write('\n');
    try {
      out.write(bytes.toByteArray());
    } catch (IOException e) {
      throw AtomicFile.named(path, e);
    }
  }

  private static void number(JsonGenerator json, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(name, value);
    } else {
      json.writeNullField(name);
    }
  }
}
