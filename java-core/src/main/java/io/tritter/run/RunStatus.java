package io.tritter.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tritter.format.JsonFile;
import io.tritter.train.Alerts;
import io.tritter.train.MetricsLog;
import io.tritter.train.StepMetrics;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far a run has come, by what its directory holds.
 *
 * @param name of the directory
 * @param metrics all steps and held-out losses so far
 * @param alerts of these steps
 * @param summary the fields of {@code summary.json}, errors of forecasts in words; empty while the
 *     run is under way
 * @param stepLimit the run ends with this step; 0 for no limit or an unknown one
 * @param secondLimit the run ends after this time; 0 for no limit or an unknown one
 * @param alone whether there is no end yet, and no process on this machine that works on it
 */
public record RunStatus(
    String name,
    MetricsLog.Contents metrics,
    List<String> alerts,
    Map<String, String> summary,
    long stepLimit,
    double secondLimit,
    boolean alone) {

  /**
   * Reads the directory of a run that is under way or has ended.
   *
   * @throws java.nio.file.NoSuchFileException if it is none, as it has no metrics
   */
  public static RunStatus read(Path directory) throws IOException {
    return of(directory, MetricsLog.read(directory.resolve(RunDirectory.METRICS)));
  }

  /** A directory whose metrics have been read. */
  static RunStatus of(Path directory, MetricsLog.Contents metrics) throws IOException {
    Map<String, String> summary = new LinkedHashMap<>();
    Path file = directory.resolve(RunDirectory.SUMMARY);
    for (Map.Entry<String, JsonNode> e : json(file).properties()) {
      if (e.getKey().equals(ForecastErrors.NAME)) {
        summary.putAll(ForecastErrors.describe(ForecastErrors.of(file.toString(), e.getValue())));
      } else {
        summary.put(e.getKey(), e.getValue().asText());
      }
    }
    JsonNode limits = json(directory.resolve(RunDirectory.LIMITS));
    JsonNode process = limits.path("process");
    boolean gone = process.isNumber() && ProcessHandle.of(process.asLong()).isEmpty();
    return new RunStatus(
        String.valueOf(directory.toAbsolutePath().normalize().getFileName()),
        metrics,
        Alerts.all(metrics.steps()),
        summary,
        limits.path("steps").asLong(),
        limits.path("seconds").asDouble(),
        gone && summary.isEmpty());
  }

  /** A file as it is now; a missing node where there is none. */
  private static JsonNode json(Path file) throws IOException {
    try {
      return JsonFile.read(file);
    } catch (NoSuchFileException e) {
      return MissingNode.getInstance();
    }
  }

  /** How many steps were taken. */
  public long steps() {
    return metrics.steps().isEmpty() ? 0 : metrics.steps().getLast().step() + 1;
  }

  /** Seconds that the run has taken, all its parts together. */
  public double seconds() {
    return metrics.steps().isEmpty() ? 0 : metrics.steps().getLast().seconds();
  }

  /** The share of the run that is done, by steps or by time; NaN where no limit is known. */
  public double done() {
    if ("true".equals(summary.get("finished"))) {
      return 1;
    }
    double bySteps = stepLimit > 0 ? (double) steps() / stepLimit : Double.NaN;
    double byTime = secondLimit > 0 ? seconds() / secondLimit : Double.NaN;
    if (Double.isNaN(bySteps) || Double.isNaN(byTime)) {
      return Math.min(1, Double.isNaN(bySteps) ? byTime : bySteps);
    }
    return Math.min(1, Math.max(bySteps, byTime));
  }

  /** The time that is left at the pace so far; NaN where it is not known. */
  public double secondsLeft() {
    return steps() == 0 ? Double.NaN : seconds() / done() - seconds();
  }

  /** In words: under way, or why it ended. */
  public String state() {
    if (alone) {
      return "no end, but its process is not on this machine: killed, or it runs elsewhere";
    }
    return summary.isEmpty() ? "no end yet" : "ended: " + summary.getOrDefault("end", "");
  }

  /** What is known, by name: the summary, or the last step while there is none. */
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("state", state());
    if (!summary.isEmpty()) {
      summary.forEach((key, value) -> facts.put(key.replace('_', ' '), value));
    } else if (steps() > 0) {
      StepMetrics last = metrics.steps().getLast();
      String limit = stepLimit > 0 ? String.format(Locale.ROOT, " of %,d", stepLimit) : "";
      facts.put("steps", String.format(Locale.ROOT, "%,d", steps()) + limit);
      facts.put("tokens", String.format(Locale.ROOT, "%,d", last.tokens()));
      facts.put("seconds", String.format(Locale.ROOT, "%,.1f", last.seconds()));
      facts.put("loss", String.format(Locale.ROOT, "%.4f", last.loss()));
    }
    return facts;
  }
}
