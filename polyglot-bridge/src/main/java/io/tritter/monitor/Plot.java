package io.tritter.monitor;

import io.tritter.train.Axis;
import io.tritter.train.Series;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** Curves over the steps of a run, with their axes, as lines of a terminal. */
final class Plot {
  /** Columns left of the canvas: a label and the axis. */
  static final int LEFT = 11;

  private static final int ROWS_A_LABEL = 4;
  private static final int COLUMNS_A_LABEL = 14;

  private final int columns;
  private final int rows;
  private final Axis steps;
  private final Axis values;
  private final boolean unicode;
  private final Canvas canvas;

  /** A plot with room for its axes; where there is none, it is empty. */
  Plot(int width, int height, Axis steps, Axis values, boolean unicode) {
    this.columns = Math.max(0, width - LEFT);
    this.rows = columns == 0 ? 0 : Math.max(0, height - 2);
    this.steps = steps;
    this.values = values;
    this.unicode = unicode;
    this.canvas = new Canvas(columns, rows, unicode);
  }

  /** Draws a curve, as its means where it has more points than there are dots. */
  void curve(Series series, char mark, AttributedStyle style) {
    Series shown = series.means(Math.max(1, canvas.width()));
    for (int i = 0; i < shown.size(); i++) {
      int before = Math.max(0, i - 1);
      canvas.line(
          x(shown.step(before)),
          y(shown.value(before)),
          x(shown.step(i)),
          y(shown.value(i)),
          mark,
          style);
    }
  }

  private int x(double step) {
    return (int) Math.round(steps.place(step) * (canvas.width() - 1));
  }

  private int y(double value) {
    return (int) Math.round(values.place(value) * (canvas.height() - 1));
  }

  /** As many lines as the plot is high, none of them wider. */
  List<AttributedString> lines() {
    List<AttributedString> lines = new ArrayList<>();
    if (rows == 0) {
      return lines;
    }
    String[] labels = new String[rows];
    int most = Math.max(2, rows / ROWS_A_LABEL);
    for (double tick : values.ticks(most)) {
      int row = rows - 1 - (int) Math.round(values.place(tick) * (rows - 1));
      labels[row] = values.label(tick, most);
    }
    for (int row = 0; row < rows; row++) {
      String label = labels[row] == null ? "" : labels[row];
      String axis = unicode ? (label.isEmpty() ? "│" : "┤") : (label.isEmpty() ? "|" : "+");
      String text = label.substring(0, Math.min(label.length(), LEFT - 2));
      lines.add(
          new AttributedStringBuilder()
              .append(" ".repeat(LEFT - 2 - text.length()) + text + " " + axis)
              .append(canvas.row(row))
              .toAttributedString());
    }
    lines.add(new AttributedString(" ".repeat(LEFT - 1) + (unicode ? "└" : "+") + bottom()));
    lines.add(new AttributedString(" ".repeat(LEFT) + stepLabels()));
    return lines;
  }

  private String bottom() {
    return (unicode ? "─" : "-").repeat(columns);
  }

  private String stepLabels() {
    StringBuilder line = new StringBuilder();
    int most = Math.max(1, columns / COLUMNS_A_LABEL);
    for (double tick : steps.ticks(most)) {
      String label = steps.label(tick, most);
      int at = (int) Math.round(steps.place(tick) * (columns - 1)) - label.length() / 2;
      at = Math.max(0, Math.min(at, columns - label.length()));
      if (at >= line.length() + (line.isEmpty() ? 0 : 1)) {
        line.append(" ".repeat(at - line.length())).append(label);
      }
    }
    return line.toString();
  }
}
