package io.tritter.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.AtomicFile;
import io.tritter.run.Trial;
import io.tritter.train.ComparisonPage;
import io.tritter.train.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a comparison came to.
 *
 * @param results of all trials
 * @param facts about the comparison, in words
 */
public record ComparisonReport(List<TrialResult> results, Map<String, String> facts) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A variant over its seeds.
   *
   * @param loss mean held-out loss at the end
   * @param deviation of the losses; NaN for one seed
   * @param seconds mean of the training
   * @param speeds for each seed, sorted: seconds that the baseline of the same seed takes to the
   *     same loss, for each second of the variant
   * @param beyond seeds whose loss the baseline did not reach in any of its trainings, or passed in
   *     all of them, so that the speed is a guess
   */
  public record Row(
      String variant,
      double loss,
      double deviation,
      double seconds,
      List<Double> speeds,
      int beyond) {
    /** The speed of the middle seed. */
    public double speed() {
      int n = speeds.size();
      return n == 0 ? Double.NaN : (speeds.get((n - 1) / 2) + speeds.get(n / 2)) / 2;
    }
  }

  public ComparisonReport {
    results = List.copyOf(results);
  }

  /** The variants in their order; the baseline, for all of the time, comes first. */
  public List<Row> rows() {
    Set<String> names = new LinkedHashSet<>(List.of(Variant.BASELINE));
    results.forEach(r -> names.add(r.variant()));
    List<Row> rows = new ArrayList<>();
    for (String name : names) {
      List<TrialResult> of = of(name);
      if (!of.isEmpty()) {
        rows.add(row(name, of));
      }
    }
    return rows;
  }

  private List<TrialResult> of(String variant) {
    return results.stream().filter(r -> r.variant().equals(variant) && r.budget() == 1).toList();
  }

  private Row row(String name, List<TrialResult> of) {
    List<Double> speeds = new ArrayList<>();
    int beyond = 0;
    for (TrialResult result : of) {
      List<TrialResult> same =
          results.stream()
              .filter(r -> r.variant().equals(Variant.BASELINE) && r.seed() == result.seed())
              .toList();
      if (same.size() > 1) {
        BaselineCurve baseline = new BaselineCurve(same);
        speeds.add(baseline.seconds(result.loss()) / result.seconds());
        beyond += baseline.covers(result.loss()) ? 0 : 1;
      }
    }
    Collections.sort(speeds);
    double mean = of.stream().mapToDouble(TrialResult::loss).average().orElse(Double.NaN);
    double squares = of.stream().mapToDouble(r -> (r.loss() - mean) * (r.loss() - mean)).sum();
    return new Row(
        name,
        mean,
        of.size() < 2 ? Double.NaN : Math.sqrt(squares / (of.size() - 1)),
        of.stream().mapToDouble(TrialResult::seconds).average().orElse(Double.NaN),
        speeds,
        beyond);
  }

  /** The table, a line a variant under a line of headings. */
  public List<List<String>> table() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("variant", "held-out loss", "seconds", "speed", "of seeds"));
    for (Row row : rows()) {
      String deviation =
          Double.isNaN(row.deviation())
              ? ""
              : String.format(Locale.ROOT, " \u00b1 %.4f", row.deviation());
      String range =
          row.speeds().isEmpty()
              ? ""
              : String.format(
                  Locale.ROOT, "%.2f to %.2f", row.speeds().getFirst(), row.speeds().getLast());
      lines.add(
          List.of(
              row.variant(),
              String.format(Locale.ROOT, "%.4f", row.loss()) + deviation,
              String.format(Locale.ROOT, "%.1f", row.seconds()),
              String.format(Locale.ROOT, "%.2f", row.speed()) + (row.beyond() > 0 ? " *" : ""),
              range));
    }
    return lines;
  }

  /** The table for a terminal, and what its columns mean. */
  public String describe() {
    List<List<String>> table = table();
    StringBuilder text = new StringBuilder();
    for (List<String> line : table) {
      text.append(String.format(Locale.ROOT, "%-18s %-18s %8s %8s  %s%n", line.toArray()));
    }
    text.append(
        "speed: seconds of tuned AdamW to the same held-out loss, for each second; above 1");
    text.append(" is faster\n");
    if (rows().stream().anyMatch(r -> r.beyond() > 0)) {
      text.append("* for some seeds the loss is outside of what AdamW's trainings reached\n");
    }
    return text.toString();
  }

  /** Writes {@code report.html} and {@code summary.json}. */
  public void write(Path directory) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    facts.forEach(json.putObject("facts")::put);
    ArrayNode rows = json.putArray("rows");
    for (Row row : rows()) {
      ObjectNode r = rows.addObject().put("variant", row.variant()).put("loss", row.loss());
      r.put("seconds", row.seconds()).put("speed", row.speed()).put("beyond", row.beyond());
      ArrayNode speeds = r.putArray("speeds");
      row.speeds().forEach(speeds::add);
    }
    AtomicFile.write(directory.resolve("summary.json"), json.toPrettyString() + "\n");
    AtomicFile.write(directory.resolve("report.html"), page());
  }

  private String page() {
    List<ComparisonPage.Line> lines = new ArrayList<>();
    for (Row row : rows()) {
      List<TrialResult> of = of(row.variant());
      int looks = of.stream().mapToInt(r -> r.curve().size()).min().orElse(0);
      double[] seconds = new double[looks];
      double[] losses = new double[looks];
      for (TrialResult result : of) {
        for (int i = 0; i < looks; i++) {
          seconds[i] += result.curve().get(i).seconds() / of.size();
          losses[i] += result.curve().get(i).loss() / of.size();
        }
      }
      List<ComparisonPage.Span> phases = new ArrayList<>();
      for (Trial.Stretch s : of.getFirst().phases()) {
        phases.add(new ComparisonPage.Span(s.phase(), s.from(), s.to()));
      }
      lines.add(new ComparisonPage.Line(row.variant(), Series.of(seconds, losses), phases));
    }
    return ComparisonPage.html("Time to the same held-out loss", facts, table(), lines);
  }
}
