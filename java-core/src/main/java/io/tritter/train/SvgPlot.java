package io.tritter.train;

import io.tritter.hybrid.Phase;
import java.util.Locale;

/** A plot over the steps of a run as SVG; its colours are classes of the page that it is in. */
final class SvgPlot {
  private static final int WIDTH = 960;
  private static final int LEFT = 76;
  private static final int RIGHT = 12;
  private static final int TOP = 10;
  private static final int BOTTOM = 34;
  private static final int STEP_TICKS = 8;

  /** Height of the strip of phases, which stands on the axis. */
  private static final int STRIP = 8;

  private final int height;
  private final Axis steps;
  private final Axis values;
  private final StringBuilder body = new StringBuilder();

  SvgPlot(int height, Axis steps, Axis values) {
    this.height = height;
    this.steps = steps;
    this.values = values;
    int valueTicks = height / 50;
    for (double tick : values.ticks(valueTicks)) {
      double y = y(tick);
      add(
          String.format(
              Locale.ROOT, "<path class='grid' d='M%d %.1fH%d'/>", LEFT, y, WIDTH - RIGHT));
      String label = values.label(tick, valueTicks);
      add(
          String.format(
              Locale.ROOT,
              "<text x='%d' y='%.1f' text-anchor='end'>%s</text>",
              LEFT - 8,
              y + 4,
              label));
    }
    for (double tick : steps.ticks(STEP_TICKS)) {
      String label = steps.label(tick, STEP_TICKS);
      add(
          String.format(
              Locale.ROOT,
              "<text x='%.1f' y='%d' text-anchor='middle'>%s</text>",
              x(tick),
              height - BOTTOM + 20,
              label));
    }
  }

  private double x(double step) {
    return LEFT + steps.place(step) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return height - BOTTOM - values.place(value) * (height - TOP - BOTTOM);
  }

  /** A line through all points. */
  void line(String style, Series series) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < series.size(); i++) {
      char move = i == 0 ? 'M' : 'L';
      path.append(move).append(point(series.step(i), series.value(i)));
    }
    if (series.size() == 1) {
      path.append("h0");
    }
    add(String.format(Locale.ROOT, "<path class='line %s' d='%s'/>", style, path));
  }

  /** A dot for each point. */
  void dots(String style, Series series) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < series.size(); i++) {
      path.append('M').append(point(series.step(i), series.value(i))).append("h0");
    }
    add(String.format(Locale.ROOT, "<path class='dots %s' d='%s'/>", style, path));
  }

  /** The places of a phase, each so wide on the axis. */
  void strip(Phase phase, double[] places, double every) {
    StringBuilder path = new StringBuilder();
    for (double place : places) {
      double from = x(place);
      path.append(String.format(Locale.ROOT, "M%.2f %d", from, height - BOTTOM - STRIP / 2));
      path.append(String.format(Locale.ROOT, "h%.2f", x(place + every) - from));
    }
    add(
        String.format(
            Locale.ROOT, "<path class='strip %s' stroke-width='%d' d='%s'/>", phase, STRIP, path));
  }

  private String point(double step, double value) {
    return String.format(Locale.ROOT, "%.1f %.1f", x(step), y(value));
  }

  private void add(String element) {
    body.append(element).append('\n');
  }

  /** The picture, as wide as the page. */
  String svg(String name) {
    return "<svg viewBox='0 0 %d %d' role='img' aria-label='%s'>\n%s</svg>\n"
        .formatted(WIDTH, height, name, body);
  }
}
