package io.tritter.train;

import io.tritter.hybrid.Phase;
import io.tritter.tensor.Check;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The loss of a run as a picture: a dot a step in the colour of its phase and a strip of all phases
 * below, the smoothed loss, held-out losses, and lines to compare them with. It needs no screen,
 * but a font on the machine.
 */
public final class LossPlot {
  private static final int WIDTH = 1200;
  private static final int HEIGHT = 700;

  /** About; what the vertical axis leaves. */
  private static final double PLOT_WIDTH = WIDTH - 82;

  /** More dots than this say nothing more; evenly spaced steps are drawn then. */
  private static final int MOST_DOTS = 6000;

  /** Room to the right of the last step, for the names of lines. */
  private static final double MARGIN = 0.2;

  /** Colours that colour-blind people tell apart (Okabe and Ito, 2008). */
  private static final Map<Phase, Color> COLOURS =
      Map.of(
          Phase.WARMUP, new Color(0xE69F00),
          Phase.FULL, new Color(0x0072B2),
          Phase.PREDICT, new Color(0x009E73),
          Phase.CORRECT, new Color(0xD55E00));

  private static final Color INK = new Color(0x1F2933);
  private static final Color FAINT = new Color(0x7B8794);
  private static final Color GRID = new Color(0xE4E7EB);
  private static final Color HELD_OUT = new Color(0xB0122B);
  private static final float[] DASHES = {7, 5};

  private final LossCurve curve;
  private final List<HeldOutLoss> heldOut;
  private final Map<String, Double> baselines;
  private final XYChart chart;

  /** The loss at the upper edge. */
  private final double top;

  /** The loss at the lower edge. */
  private final double bottom;

  /** The step at the right edge. */
  private final double right;

  private LossPlot(String title, MetricsLog.Contents run, Map<String, Double> baselines) {
    this.curve = new LossCurve(run.steps());
    if (curve.size() == 0) {
      throw Check.expected("steps", "at least one with a finite loss", "none");
    }
    this.heldOut = run.heldOut().stream().filter(h -> Double.isFinite(h.loss())).toList();
    this.baselines = baselines;
    List<Double> levels = new ArrayList<>(baselines.values());
    heldOut.forEach(h -> levels.add(h.loss()));
    // The first steps fall from ln 256 so steeply that they would press the rest flat.
    double high = Math.max(curve.quantile(0.98), levels.stream().reduce(0.0, Math::max));
    double low = levels.stream().reduce(curve.quantile(0), Math::min);
    this.right = Math.max(1, lastStep() * (1 + (levels.isEmpty() ? 0 : MARGIN)));
    double margin = Math.max(0.05 * (high - low), 0.01);
    this.top = high + margin;
    this.bottom = Math.max(0, low - margin);
    this.chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle("loss, nats per byte")
            .build();
  }

  /**
   * Writes a PNG of 1200 by 700 pixels.
   *
   * @param baselines horizontal lines, nats a byte by name; see {@link Baselines#nats}
   * @throws IllegalArgumentException for a run without any finite loss
   * @throws IOException if the file cannot be written, or the machine has no font
   */
  public static void write(
      Path png, String title, MetricsLog.Contents run, Map<String, Double> baselines)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      LossPlot plot = new LossPlot(title, run, baselines);
      plot.draw();
      BitmapEncoder.saveBitmap(plot.chart, bytes, BitmapEncoder.BitmapFormat.PNG);
    } catch (LinkageError | InternalError e) {
      // What the JDK throws where fontconfig or every font is missing.
      throw new IOException(png + ": expected a font on this machine, got " + e, e);
    }
    Files.write(png, bytes.toByteArray());
  }

  /** The colour of a phase in all plots. */
  static Color colour(Phase phase) {
    return COLOURS.getOrDefault(phase, FAINT);
  }

  private void draw() {
    style();
    int every = Math.ceilDiv(curve.size(), MOST_DOTS);
    Marker strip = new StripMarker(every * PLOT_WIDTH / right);
    for (Phase phase : Phase.values()) {
      Color colour = colour(phase);
      double[] places = curve.places(phase, every);
      double[] edge = new double[places.length];
      Arrays.fill(edge, bottom);
      LossCurve.Points dots = curve.dots(phase, every, top);
      marks(phase + " strip", places, edge, strip, colour);
      marks(phase + " loss", dots.x, dots.y, SeriesMarkers.CIRCLE, translucent(colour));
      if (places.length > 0) {
        legend(phase.name(), colour);
      }
    }
    LossCurve.Points smoothed = curve.smoothed(every, top);
    line("training, smoothed", smoothed.x, smoothed.y, INK, new BasicStroke(2.5f));
    Map<String, Double> labels = new HashMap<>(baselines);
    if (!heldOut.isEmpty()) {
      double[] x = heldOut.stream().mapToDouble(HeldOutLoss::step).toArray();
      double[] y = heldOut.stream().mapToDouble(HeldOutLoss::loss).toArray();
      XYSeries series = line("held out", x, y, HELD_OUT, new BasicStroke(1.5f));
      series.setMarker(SeriesMarkers.DIAMOND);
      series.setMarkerColor(HELD_OUT);
      labels.put("held out", y[y.length - 1]);
    }
    BasicStroke dashed =
        new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, DASHES, 0);
    baselines.forEach(
        (name, loss) -> {
          double[] x = {0, right};
          double[] y = {loss, loss};
          line(name + " line", x, y, FAINT, dashed).setShowInLegend(false);
        });
    drawLabels(labels);
  }

  /** Names and values in the margin, above their lines, pushed upwards where they would touch. */
  private void drawLabels(Map<String, Double> labels) {
    double lineHeight = (top - bottom) * 0.032;
    double free = bottom;
    for (Map.Entry<String, Double> label :
        labels.entrySet().stream().sorted(Map.Entry.comparingByValue()).toList()) {
      double loss = label.getValue();
      double y = Math.max(loss + lineHeight * 0.6, free);
      free = y + lineHeight;
      String text =
          String.format(
              Locale.ROOT, "%s  %.2f (%.2f bits)", label.getKey(), loss, Baselines.bits(loss));
      double centre = right - (right - lastStep()) / 2.0;
      chart.addAnnotation(new AnnotationText(text, centre, y, false));
    }
  }

  private long lastStep() {
    long last = curve.lastStep();
    return heldOut.isEmpty() ? last : Math.max(last, heldOut.getLast().step());
  }

  private void marks(String name, double[] x, double[] y, Marker marker, Color colour) {
    if (x.length > 0) {
      XYSeries series = chart.addSeries(name, x, y);
      series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
      series.setMarker(marker);
      series.setMarkerColor(colour);
      series.setShowInLegend(false);
    }
  }

  /** An entry of the legend with no point in the plot. */
  private void legend(String name, Color colour) {
    XYSeries series = chart.addSeries(name, new double[] {0}, new double[] {Double.NaN});
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    series.setMarker(SeriesMarkers.SQUARE);
    series.setMarkerColor(colour);
  }

  private XYSeries line(String name, double[] x, double[] y, Color colour, BasicStroke stroke) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(colour);
    series.setLineStyle(stroke);
    return series;
  }

  private void style() {
    chart
        .getStyler()
        .setYAxisMin(bottom)
        .setYAxisMax(top)
        .setXAxisMin(0.0)
        .setXAxisMax(right)
        .setLocale(Locale.ROOT)
        .setAxisTitleFont(font(Font.PLAIN, 15))
        .setAxisTickLabelsFont(font(Font.PLAIN, 13))
        .setAxisTickLabelsColor(INK)
        .setAxisTickMarksColor(GRID)
        .setPlotGridLinesColor(GRID)
        .setPlotGridLinesStroke(new BasicStroke(1))
        .setPlotGridVerticalLinesVisible(false)
        .setPlotMargin(0)
        .setXAxisDecimalPattern("#,###")
        .setYAxisDecimalPattern("0.0")
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartFontColor(INK)
        .setChartTitleFont(font(Font.BOLD, 19))
        .setChartTitleBoxVisible(false)
        .setChartTitlePadding(14)
        .setChartPadding(16)
        .setLegendPosition(Styler.LegendPosition.OutsideS)
        .setLegendLayout(Styler.LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setLegendFont(font(Font.PLAIN, 14))
        .setMarkerSize(5)
        .setPlotContentSize(1)
        .setAnnotationTextFont(font(Font.PLAIN, 13))
        .setAnnotationTextFontColor(INK)
        .setAntiAlias(true);
  }

  private static Color translucent(Color c) {
    return new Color(c.getRed(), c.getGreen(), c.getBlue(), 140);
  }

  private static Font font(int style, int points) {
    return new Font(Font.SANS_SERIF, style, points);
  }

  /** A piece of the strip of phases, standing on the lower edge, as wide as its steps. */
  private static final class StripMarker extends Marker {
    private static final int THICKNESS = 12;

    private final double width;

    StripMarker(double width) {
      this.width = width;
    }

    @Override
    public void paint(Graphics2D g, double x, double y, int size) {
      g.fill(new Rectangle2D.Double(x, y - THICKNESS, width, THICKNESS));
    }
  }
}
