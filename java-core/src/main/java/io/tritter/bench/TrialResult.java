package io.tritter.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.hybrid.Phase;
import io.tritter.run.Trial;
import java.util.ArrayList;
import java.util.List;

/**
 * What a trial came to.
 *
 * @param key what was trained: variant, budget, seed and all settings
 * @param variant its name
 * @param budget the share of the seconds that were meant for one trial
 * @param seed of weights and data
 * @param curve held-out losses, the last one at the end
 * @param phases of its steps
 */
record TrialResult(
    String key,
    String variant,
    double budget,
    long seed,
    List<Trial.Look> curve,
    List<Trial.Stretch> phases) {
  private static final ObjectMapper JSON = new ObjectMapper();

  TrialResult {
    curve = List.copyOf(curve);
    phases = List.copyOf(phases);
  }

  double loss() {
    return curve.getLast().loss();
  }

  double seconds() {
    return curve.getLast().seconds();
  }

  /** One line. */
  String toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("key", key).put("variant", variant).put("budget", budget).put("seed", seed);
    ArrayNode looks = json.putArray("curve");
    curve.forEach(l -> looks.addArray().add(l.step()).add(l.seconds()).add(l.loss()));
    ArrayNode stretches = json.putArray("phases");
    phases.forEach(p -> stretches.addArray().add(p.phase().name()).add(p.from()).add(p.to()));
    return json.toString();
  }

  /**
   * What {@link #toJson} wrote.
   *
   * @throws java.io.IOException for another line
   */
  static TrialResult of(String line) throws java.io.IOException {
    JsonNode json = JSON.readTree(line);
    List<Trial.Look> curve = new ArrayList<>();
    json.path("curve")
        .forEach(
            l ->
                curve.add(
                    new Trial.Look(l.get(0).asLong(), l.get(1).asDouble(), l.get(2).asDouble())));
    List<Trial.Stretch> phases = new ArrayList<>();
    json.path("phases")
        .forEach(
            p ->
                phases.add(
                    new Trial.Stretch(
                        Phase.valueOf(p.get(0).asText()),
                        p.get(1).asDouble(),
                        p.get(2).asDouble())));
    return new TrialResult(
        json.path("key").asText(),
        json.path("variant").asText(),
        json.path("budget").asDouble(),
        json.path("seed").asLong(),
        curve,
        phases);
  }
}
