package io.tritter.monitor;

import static java.util.Locale.ROOT;

import io.tritter.hybrid.Phase;
import io.tritter.run.RunStatus;
import io.tritter.train.Axis;
import io.tritter.train.ProgressBar;
import io.tritter.train.Series;
import io.tritter.train.StepMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;

/** What a terminal shows of a run: a function of the run and the size. */
enum View {
  LOSS,
  PHASES,
  SPEED,
  ALERTS;

  /** From left to right. */
  static final List<View> ALL = List.of(values());

  private static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
  private static final AttributedStyle HELD_OUT = PLAIN.foreground(AttributedStyle.RED).bold();
  private static final Map<Phase, AttributedStyle> COLOURS =
      Map.of(
          Phase.WARMUP, PLAIN.foreground(AttributedStyle.YELLOW),
          Phase.FULL, PLAIN.foreground(AttributedStyle.BLUE),
          Phase.PREDICT, PLAIN.foreground(AttributedStyle.GREEN),
          Phase.CORRECT, PLAIN.foreground(AttributedStyle.MAGENTA));
  private static final double MEBIBYTE = 1 << 20;

  /** The speed that is shown is a mean over so many steps. */
  private static final int RECENT = 20;

  /** The view so many places to the right, around the end. */
  View next(int places) {
    return ALL.get(Math.floorMod(ALL.indexOf(this) + places, ALL.size()));
  }

  /**
   * The lines of a screen, as many as it is high and none wider than it.
   *
   * @param unicode whether the terminal shows more than ASCII
   */
  List<AttributedString> lines(RunStatus run, int width, int height, boolean unicode) {
    List<AttributedString> lines = new ArrayList<>();
    lines.add(tabs(run.name()));
    lines.add(new AttributedString(progress(run).line(width, unicode)));
    if (run.metrics().steps().isEmpty()) {
      lines.add(new AttributedString("waiting for the first step"));
    } else {
      new Body(run, width, height - lines.size(), unicode, lines).add(this);
    }
    return IntStream.range(0, height)
        .mapToObj(
            i ->
                i < lines.size()
                    ? lines.get(i).columnSubSequence(0, width)
                    : AttributedString.EMPTY)
        .toList();
  }

  private AttributedString tabs(String name) {
    StringBuilder line = new StringBuilder();
    for (View view : ALL) {
      String tab = (ALL.indexOf(view) + 1) + " " + view.name().toLowerCase(ROOT);
      line.append(view == this ? "[" + tab + "]" : " " + tab + " ");
    }
    return new AttributedString(line + "  q quit   " + name.replaceAll("\\p{Cntrl}", "?"));
  }

  private static ProgressBar progress(RunStatus run) {
    List<StepMetrics> steps = run.metrics().steps();
    List<StepMetrics> recent = steps.subList(Math.max(0, steps.size() - RECENT), steps.size());
    return new ProgressBar(
        run.done(),
        run.steps(),
        steps.isEmpty() ? null : steps.getLast().phase(),
        mean(recent, StepMetrics::loss),
        mean(recent, StepMetrics::tokensPerSecond),
        run.summary().isEmpty() ? run.secondsLeft() : Double.NaN);
  }

  private static double mean(List<StepMetrics> steps, ToDoubleFunction<StepMetrics> quantity) {
    return steps.stream().mapToDouble(quantity).average().orElse(Double.NaN);
  }

  /** What is below the head. */
  private record Body(
      RunStatus run, int width, int height, boolean unicode, List<AttributedString> lines) {
    void add(View view) {
      switch (view) {
        case LOSS -> loss();
        case PHASES -> phases();
        case SPEED -> speed();
        case ALERTS -> alerts();
      }
    }

    private void line(String text) {
      lines.add(new AttributedString(text));
    }

    private Axis steps() {
      return new Axis(0, run.steps());
    }

    private Series series(ToDoubleFunction<StepMetrics> quantity) {
      return Series.of(run.metrics().steps(), quantity);
    }

    private void loss() {
      Series heldOut = Series.of(run.metrics().heldOut());
      if (heldOut.size() > 0) {
        lines.add(
            new AttributedString(
                String.format(
                    ROOT,
                    "held out (o) %.4f, best %.4f; training (*), nats a token; %s",
                    heldOut.last(),
                    heldOut.quantile(0),
                    run.state()),
                HELD_OUT));
      } else {
        line(String.format(ROOT, "training (*), nats a token; %s", run.state()));
      }
      Series loss = series(StepMetrics::loss);
      Plot plot = new Plot(width, height - 1, steps(), Axis.of(loss, heldOut), unicode);
      plot.curve(loss, '*', PLAIN);
      plot.curve(heldOut, 'o', HELD_OUT);
      lines.addAll(plot.lines());
    }

    private void phases() {
      for (Phase phase : Phase.values()) {
        lines.add(timeline(phase));
      }
      line(
          String.format(
              ROOT, "gradient norm, last %.3g", series(StepMetrics::gradientNorm).last()));
      plot(height - Phase.values().length - 1, StepMetrics::gradientNorm);
    }

    /** A mark where any step of the phase is. */
    private AttributedString timeline(Phase phase) {
      Canvas canvas = new Canvas(Math.max(0, width - Plot.LEFT), 1, unicode);
      for (StepMetrics m : run.metrics().steps()) {
        if (m.phase() == phase) {
          int x = (int) Math.round(steps().place((double) m.step()) * (canvas.width() - 1));
          canvas.line(x, 0, x, canvas.height() - 1, '#', COLOURS.getOrDefault(phase, PLAIN));
        }
      }
      String name = String.format(ROOT, "%9s  ", phase);
      return AttributedString.join(
          AttributedString.EMPTY, new AttributedString(name), canvas.row(0));
    }

    private void speed() {
      StepMetrics last = run.metrics().steps().getLast();
      line(String.format(ROOT, "tokens    %,15d", last.tokens()));
      line(String.format(ROOT, "time      %15s%s", clock(run.seconds()), left()));
      line(String.format(ROOT, "memory    %,11.0f MiB of heap", last.memoryBytes() / MEBIBYTE));
      int rest = height - 5;
      line(String.format(ROOT, "tokens a second, last %,.0f", last.tokensPerSecond()));
      plot(rest / 2, StepMetrics::tokensPerSecond);
      line("heap in use, MiB");
      plot(rest - rest / 2, m -> m.memoryBytes() / MEBIBYTE);
    }

    private String left() {
      boolean open = run.summary().isEmpty() && !Double.isNaN(run.secondsLeft());
      return open ? ", " + clock(run.secondsLeft()) + " left" : "; " + run.state();
    }

    private static String clock(double seconds) {
      long s = Math.round(seconds);
      return String.format(ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    private void plot(int rows, ToDoubleFunction<StepMetrics> quantity) {
      Series series = series(quantity);
      Plot plot = new Plot(width, rows, steps(), Axis.of(series), unicode);
      plot.curve(series, '*', PLAIN);
      lines.addAll(plot.lines());
    }

    private void alerts() {
      List<String> alerts = run.alerts();
      line(alerts.isEmpty() ? "no alerts" : alerts.size() + " alerts, the last ones below");
      int first = Math.max(0, alerts.size() - Math.max(0, height - 1));
      alerts.stream().skip(first).forEach(alert -> line(alert));
    }
  }
}
