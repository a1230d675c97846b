package io.tritter.bridge;

import io.tritter.hybrid.Phase;
import io.tritter.train.HeldOutLoss;
import io.tritter.train.LossPlot;
import io.tritter.train.MetricsLog;
import io.tritter.train.ProgressBar;
import io.tritter.train.StepMetrics;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.graalvm.polyglot.HostAccess;

/** What is shown and written of a training run. */
public final class RunCalls {
  private final FileAccess files;

  RunCalls(FileAccess files) {
    this.files = files;
  }

  @HostAccess.Export
  public MetricsLog log(String path) throws IOException {
    return MetricsLog.create(files.path(path));
  }

  @HostAccess.Export
  public void step(
      MetricsLog log,
      long step,
      String phase,
      double loss,
      double gradientNorm,
      double learningRate,
      long tokens,
      double tokensPerSecond,
      double seconds,
      boolean predicted)
      throws IOException {
    log.write(
        new StepMetrics(
            step,
            Phase.valueOf(phase),
            loss,
            gradientNorm,
            learningRate,
            tokens,
            tokensPerSecond,
            seconds,
            predicted));
  }

  @HostAccess.Export
  public void heldOut(MetricsLog log, long step, double loss, double seconds) throws IOException {
    log.write(new HeldOutLoss(step, loss, seconds));
  }

  @HostAccess.Export
  public void close(MetricsLog log) throws IOException {
    log.close();
  }

  /** Draws a log as a PNG, with horizontal lines of the given names at losses in nats. */
  @HostAccess.Export
  public void plot(String png, String title, String log, String[] names, double[] nats)
      throws IOException {
    Map<String, Double> lines = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      lines.put(names[i], nats[i]);
    }
    LossPlot.write(files.path(png), title, MetricsLog.read(files.path(log)), lines);
  }

  /** One line about a run that ends after {@code totalSeconds}. */
  @HostAccess.Export
  public String progress(
      double fraction,
      long step,
      String phase,
      double loss,
      double tokensPerSecond,
      double secondsLeft,
      int width,
      boolean unicode) {
    return new ProgressBar(fraction, step, Phase.valueOf(phase), loss, tokensPerSecond, secondsLeft)
        .line(width, unicode);
  }
}
