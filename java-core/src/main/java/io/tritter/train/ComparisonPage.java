package io.tritter.train;

import io.tritter.hybrid.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Trainings side by side as one HTML page that needs nothing else: loss by seconds, and phases. */
public final class ComparisonPage {
  private static final int HEIGHT = 420;

  /** Colours that colour-blind people tell apart (Okabe and Ito, 2008), in light and dark. */
  private static final List<String> COLOURS =
      List.of(
          "#888888", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#a07000",
          "#b0122b", "#6a3d9a");

  /** Parts of the width that a strip of phases tells apart. */
  private static final int STRIP_PARTS = 800;

  private ComparisonPage() {}

  /** Steps of one phase in a row. */
  public record Span(Phase phase, double from, double to) {}

  /**
   * A training.
   *
   * @param loss held out, by seconds
   * @param phases of its steps
   */
  public record Line(String name, Series loss, List<Span> phases) {
    public Line {
      phases = List.copyOf(phases);
    }

    private boolean predicts() {
      return phases.stream().anyMatch(p -> p.phase() == Phase.PREDICT);
    }
  }

  /**
   * The page, in HTML.
   *
   * @param facts a table of names and values
   * @param table headings, then rows
   * @param lines the first is what the others are compared with
   */
  public static String html(
      String title, Map<String, String> facts, List<List<String>> table, List<Line> lines) {
    StringBuilder style = new StringBuilder("table.rows td,table.rows th{padding-right:1.5rem}\n");
    for (int i = 0; i < COLOURS.size(); i++) {
      String colour = COLOURS.get(i);
      style.append(".line.v%d{stroke:%s}b.v%d{color:%s}%n".formatted(i, colour, i, colour));
    }
    StringBuilder html = new StringBuilder();
    RunPage.head(html, RunPage.escape(title), style.toString());
    RunPage.facts(html, facts);
    html.append("<table class='rows'>\n");
    for (List<String> row : table) {
      html.append("<tr>");
      row.forEach(cell -> html.append("<td>").append(RunPage.escape(cell)).append("</td>"));
      html.append("</tr>\n");
    }
    html.append("</table>\n<p>Speed: seconds of the first to the same held-out loss, for each ");
    html.append("second. Curves are means over the seeds.</p>\n");
    if (!lines.isEmpty()) {
      plot(html, "Held-out loss by seconds of training", lines);
      for (Line line : lines) {
        if (line.predicts()) {
          plot(html, line.name() + ", and its phases", List.of(lines.getFirst(), line));
        }
      }
    }
    return html.append("</body>\n</html>\n").toString();
  }

  private static void plot(StringBuilder html, String title, List<Line> lines) {
    double last = 0;
    List<Series> all = new ArrayList<>();
    for (Line line : lines) {
      all.add(line.loss());
      last = Math.max(last, line.loss().step(line.loss().size() - 1));
    }
    SvgPlot plot = new SvgPlot(HEIGHT, new Axis(0, last), Axis.of(all.toArray(Series[]::new)));
    html.append("<h2>").append(RunPage.escape(title)).append("</h2>\n<p>");
    for (int i = 0; i < lines.size(); i++) {
      int colour = i % COLOURS.size();
      plot.line("v" + colour, all.get(i));
      html.append("<b class='v%d'>&#8212;</b> ".formatted(colour));
      html.append(RunPage.escape(lines.get(i).name())).append(" &#8194;");
    }
    if (lines.size() == 2) {
      strip(html, plot, lines.get(1), last);
    }
    html.append("</p>\n").append(plot.svg(RunPage.escape(title)));
  }

  private static void strip(StringBuilder html, SvgPlot plot, Line line, double last) {
    double part = last / STRIP_PARTS;
    for (Phase phase : Phase.values()) {
      double[] places =
          line.phases().stream()
              .filter(s -> s.phase() == phase)
              .flatMapToDouble(s -> DoubleStream.iterate(s.from(), x -> x < s.to(), x -> x + part))
              .toArray();
      if (places.length > 0) {
        plot.strip(phase, places, part);
        html.append("<b class='%s'>&#9632;</b> %s &#8194;".formatted(phase, phase));
      }
    }
  }
}
