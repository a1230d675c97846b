package io.tritter.train;

import io.tritter.hybrid.Phase;
import java.awt.Color;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** A run as one HTML page that needs nothing else: curves, alerts and what the run came to. */
public final class RunPage {
  private static final int TALL = 420;
  private static final int LOW = 190;
  private static final double MEBIBYTE = 1 << 20;

  /** More points than this say nothing more. */
  private static final int MOST_POINTS = 1500;

  private static final String STYLE =
      """
      :root{color-scheme:light dark;--ink:#1f2933;--faint:#52606d;--grid:#e4e7eb;--page:#fff;\
      --held:#b0122b}
      @media(prefers-color-scheme:dark){:root{--ink:#e4e7eb;--faint:#9aa5b1;--grid:#323f4b;\
      --page:#12181f;--held:#ff7a8a}}
      body{margin:2rem auto;max-width:62rem;padding:0 1rem;background:var(--page);\
      color:var(--ink);font:15px/1.5 system-ui,sans-serif}
      h1{font-size:1.5rem}h2{font-size:1.05rem;margin:2rem 0 .3rem}
      svg{display:block;width:100%;height:auto}
      svg text{fill:var(--faint);font-size:12px}
      th{text-align:left;font-weight:normal;color:var(--faint);padding-right:2rem}
      td{font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
      .grid{stroke:var(--grid)}
      .line{fill:none;stroke:var(--ink);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
      .held{stroke:var(--held)}b.held{color:var(--held)}.dots.held{stroke-width:6;opacity:1}
      .dots{stroke-width:3;stroke-linecap:round;opacity:.55}
      """;

  private final MetricsLog.Contents run;
  private final Axis steps;
  private final StringBuilder html = new StringBuilder();

  private RunPage(MetricsLog.Contents run) {
    this.run = run;
    double last = run.steps().isEmpty() ? 1 : run.steps().getLast().step() + 1.0;
    this.steps = new Axis(0, last);
  }

  /**
   * The page, in HTML.
   *
   * @param name of the run
   * @param run steps and held-out losses, as many as there are
   * @param facts a table, in its order
   * @param alerts lines of {@link Alerts}
   */
  public static String html(
      String name, MetricsLog.Contents run, Map<String, String> facts, List<String> alerts) {
    RunPage page = new RunPage(run);
    head(page.html, escape(name), "");
    facts(page.html, facts);
    page.alerts(alerts);
    if (!run.steps().isEmpty()) {
      page.loss();
      page.plot("Gradient norm", StepMetrics::gradientNorm);
      page.plot("Learning rate", StepMetrics::learningRate);
      page.plot("Tokens a second", StepMetrics::tokensPerSecond);
      page.plot("Heap in use, MiB", m -> m.memoryBytes() / MEBIBYTE);
    }
    return page.html.append("</body>\n</html>\n").toString();
  }

  /** Text as HTML shows it, also between quotes. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** The beginning of a page. */
  static void head(StringBuilder html, String name, String moreStyle) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
        .append("<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>")
        .append(name)
        .append("</title>\n<style>\n")
        .append(STYLE)
        .append(moreStyle);
    for (Phase phase : Phase.values()) {
      Color colour = LossPlot.colour(phase);
      String code = String.format(Locale.ROOT, "#%06x", colour.getRGB() & 0xFFFFFF);
      html.append(".%s{stroke:%s}b.%s{color:%s}%n".formatted(phase, code, phase, code));
    }
    html.append("</style>\n</head>\n<body>\n<h1>").append(name).append("</h1>\n");
  }

  /** A table of names and values. */
  static void facts(StringBuilder html, Map<String, String> facts) {
    html.append("<table>\n");
    facts.forEach(
        (key, value) ->
            html.append("<tr><th>")
                .append(escape(key))
                .append("</th><td>")
                .append(escape(value))
                .append("</td></tr>\n"));
    html.append("</table>\n");
  }

  private void alerts(List<String> alerts) {
    html.append("<h2>Alerts</h2>\n");
    if (alerts.isEmpty()) {
      html.append("<p>none</p>\n");
      return;
    }
    html.append("<ul>\n");
    alerts.forEach(line -> html.append("<li>").append(escape(line)).append("</li>\n"));
    html.append("</ul>\n");
  }

  private void loss() {
    LossCurve curve = new LossCurve(run.steps());
    Series heldOut = Series.of(run.heldOut());
    Axis values = Axis.of(Series.of(run.steps(), StepMetrics::loss), heldOut);
    SvgPlot plot = new SvgPlot(TALL, steps, values);
    int every = Math.ceilDiv(run.steps().size(), MOST_POINTS);
    html.append("<h2>Loss, nats a token</h2>\n<p>");
    for (Phase phase : Phase.values()) {
      double[] places = curve.places(phase, every);
      if (places.length > 0) {
        plot.strip(phase, places, every);
        plot.dots(phase.name(), Series.of(curve.dots(phase, every, values.high())));
        html.append("<b class='%s'>&#9632;</b> %s &#8194;".formatted(phase, phase));
      }
    }
    html.append("<b>&#8212;</b> smoothed");
    plot.line("", Series.of(curve.smoothed(every, values.high())));
    if (heldOut.size() > 0) {
      html.append(" &#8194;<b class='held'>&#9679;</b> held out");
      plot.line("held", heldOut);
      plot.dots("held", heldOut);
    }
    html.append("</p>\n").append(plot.svg("loss"));
  }

  private void plot(String name, ToDoubleFunction<StepMetrics> quantity) {
    Series series = Series.of(run.steps(), quantity);
    if (series.size() > 0) {
      SvgPlot plot = new SvgPlot(LOW, steps, Axis.of(series));
      plot.line("", series.means(MOST_POINTS));
      html.append("<h2>").append(name).append("</h2>\n").append(plot.svg(name));
    }
  }
}
