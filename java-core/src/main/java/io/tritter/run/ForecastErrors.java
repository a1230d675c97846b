package io.tritter.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.tritter.format.FormatException;
import io.tritter.hybrid.ForecastError;
import io.tritter.hybrid.Kind;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What forecasts of the loss were worth, as {@code summary.json} has it and in words. */
final class ForecastErrors {
  /** Of the errors in {@code summary.json}. */
  static final String NAME = "forecasts";

  private ForecastErrors() {}

  static ArrayNode toJson(List<ForecastError> errors) {
    ArrayNode all = new ObjectMapper().createArrayNode();
    for (ForecastError error : errors) {
      all.addObject()
          .put("kind", error.kind().name().toLowerCase(Locale.ROOT))
          .put("steps", error.steps())
          .put("compared", error.compared())
          .put("forecast", error.forecast())
          .put("last_value", error.lastValue())
          .put("line", error.line());
    }
    return all;
  }

  /**
   * The errors of a summary.
   *
   * @param node of {@link #toJson}
   */
  static List<ForecastError> of(String file, JsonNode node) throws FormatException {
    List<ForecastError> errors = new ArrayList<>();
    for (JsonNode error : node) {
      try {
        errors.add(
            new ForecastError(
                Check.constant("kind", Kind.class, error.path("kind").asText()),
                error.path("steps").asInt(),
                error.path("compared").asLong(),
                error.path("forecast").asDouble(Double.NaN),
                error.path("last_value").asDouble(Double.NaN),
                error.path("line").asDouble(Double.NaN)));
      } catch (IllegalArgumentException e) {
        throw FormatException.at(file, NAME, 0, String.valueOf(e.getMessage()));
      }
    }
    return errors;
  }

  /**
   * Kinds and steps ahead in words, and the errors there beside those of what needs no forecast.
   */
  static Map<String, String> describe(List<ForecastError> errors) {
    Map<String, String> lines = new LinkedHashMap<>();
    for (ForecastError error : errors) {
      String kind =
          error.kind() == Kind.OFF ? "full" : error.kind().name().toLowerCase(Locale.ROOT);
      lines.put(
          String.format(Locale.ROOT, "forecast error, %d %s steps", error.steps(), kind),
          String.format(
              Locale.ROOT,
              "%.4f; last value %.4f, line %.4f",
              error.forecast(),
              error.lastValue(),
              error.line()));
    }
    return lines;
  }
}
