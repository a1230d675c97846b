package io.tritter.cli;

import io.tritter.run.RunListener;
import io.tritter.train.HeldOutLoss;
import io.tritter.train.ProgressBar;
import io.tritter.train.StepMetrics;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Locale;

/** Shows a run while it goes on: one line that changes on a terminal, ten lines elsewhere. */
final class RunProgress implements RunListener {
  private static final int WIDTH = 100;

  /** Losses are shown as means over about so many steps. */
  private static final double MEMORY = 20;

  private final PrintWriter out;
  private final boolean quiet;
  private final boolean terminal = onTerminal();
  private final boolean unicode = Charset.defaultCharset().name().startsWith("UTF");
  private final long pauseAfter;
  private long steps;
  private double loss;
  private int tenths;

  RunProgress(PrintWriter out, boolean quiet, long pauseAfter) {
    this.out = out;
    this.quiet = quiet;
    this.pauseAfter = pauseAfter;
  }

  @SuppressWarnings("SystemConsoleNull") // null in some JVMs all the same, as in those of tests
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Whether so many steps were taken as it was told. */
  boolean paused() {
    return pauseAfter > 0 && steps >= pauseAfter;
  }

  @Override
  public void step(StepMetrics m, double done) {
    steps++;
    if (Double.isFinite(m.loss())) {
      loss += (m.loss() - loss) * Math.max(1 / MEMORY, 1.0 / steps);
    }
    if (quiet || (!terminal && (int) (done * 10) <= tenths)) {
      return;
    }
    tenths = (int) (done * 10);
    double left = done > 0 ? m.seconds() / done - m.seconds() : Double.NaN;
    String line =
        new ProgressBar(done, m.step() + 1, m.phase(), loss, m.tokensPerSecond(), left)
            .line(width() - 1, unicode);
    out.print(terminal ? "\r" + line + "\u001B[K" : line + System.lineSeparator());
    out.flush();
  }

  private static int width() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("\\d{2,4}") ? Integer.parseInt(columns) : WIDTH;
  }

  @Override
  public void heldOut(HeldOutLoss measured) {
    if (!quiet) {
      line(
          String.format(
              Locale.ROOT, "step %,d: held-out loss %.4f", measured.step(), measured.loss()));
    }
  }

  @Override
  public void message(String text) {
    line(text);
  }

  /** Leaves the line of the bar. */
  void end() {
    if (terminal && !quiet) {
      out.println();
      out.flush();
    }
  }

  private void line(String text) {
    out.println(terminal ? "\r" + text + "\u001B[K" : text);
    out.flush();
  }
}
