package io.tritter.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.AtomicFile;
import io.tritter.format.FormatException;
import io.tritter.format.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured before the comparison began, and is kept when it goes on later.
 *
 * @param of what was to be compared; another comparison needs another plan
 * @param steps of each variant in the seconds of a trial
 * @param rate the best learning rate of the baseline
 * @param beta1 and its best decay of the first moment
 * @param rates the best learning rates of variants that choose one
 */
record Plan(
    String of, Map<String, Long> steps, double rate, double beta1, Map<String, Double> rates) {
  private static final ObjectMapper JSON = new ObjectMapper();

  Plan {
    steps = new LinkedHashMap<>(steps);
    rates = new LinkedHashMap<>(rates);
  }

  /** The learning rate that a variant takes unless it names one. */
  double rate(Variant variant) {
    return rates.getOrDefault(variant.name(), rate);
  }

  /** The same with other settings for a trial of one variant. */
  Plan with(double otherRate, double otherBeta1) {
    return new Plan(of, steps, otherRate, otherBeta1, Map.of());
  }

  void write(Path file) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("of", of).put("learning_rate", rate).put("beta1", beta1);
    steps.forEach(json.putObject("steps")::put);
    rates.forEach(json.putObject("learning_rates")::put);
    AtomicFile.write(file, json.toPrettyString() + "\n");
  }

  /**
   * The plan of a file; null if there is none.
   *
   * @throws FormatException for one of another comparison
   */
  static @Nullable Plan read(Path file, String of) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    JsonNode json = JsonFile.read(file);
    if (!json.path("of").asText().equals(of)) {
      throw new FormatException(
          file.toString(), 0, "expected the same comparison, got " + json.path("of").asText());
    }
    Map<String, Long> steps = new LinkedHashMap<>();
    json.path("steps").properties().forEach(e -> steps.put(e.getKey(), e.getValue().asLong()));
    Map<String, Double> rates = new LinkedHashMap<>();
    json.path("learning_rates")
        .properties()
        .forEach(e -> rates.put(e.getKey(), e.getValue().asDouble()));
    return new Plan(
        of, steps, json.path("learning_rate").asDouble(), json.path("beta1").asDouble(), rates);
  }
}
