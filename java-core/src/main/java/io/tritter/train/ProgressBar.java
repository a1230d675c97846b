package io.tritter.train;

import io.tritter.hybrid.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line about a run under way, as text: {@code 42% ━━━━━────── step 1,234 PREDICT loss 1.234
 * 9,120 tokens/s 1:23 left}.
 *
 * <p>What does not fit a narrow terminal is left out, the least important first; columns keep their
 * width from line to line.
 *
 * @param fraction of the run that is done, by steps or by time; what is outside 0 to 1 is clamped
 * @param step number of steps done
 * @param phase of the last step; null leaves it out
 * @param loss in nats, smoothed if the caller likes; NaN leaves it out
 * @param tokensPerSecond NaN leaves it out
 * @param secondsLeft NaN leaves it out
 */
public record ProgressBar(
    double fraction,
    long step,
    @Nullable Phase phase,
    double loss,
    double tokensPerSecond,
    double secondsLeft) {
  private static final int SHORTEST_BAR = 8;
  private static final int LONGEST_BAR = 40;
  private static final String GAP = "  ";

  /** A bar for a run that ends after {@code limitSeconds}. */
  public static ProgressBar ofTime(
      double elapsedSeconds,
      double limitSeconds,
      long step,
      @Nullable Phase phase,
      double loss,
      double tokensPerSecond) {
    return new ProgressBar(
        elapsedSeconds / limitSeconds,
        step,
        phase,
        loss,
        tokensPerSecond,
        Math.max(0, limitSeconds - elapsedSeconds));
  }

  /** A bar for a run that ends after {@code totalSteps}, the rest as fast as it went so far. */
  public static ProgressBar ofSteps(
      long step,
      long totalSteps,
      double elapsedSeconds,
      @Nullable Phase phase,
      double loss,
      double tokensPerSecond) {
    double left = step > 0 ? elapsedSeconds / step * Math.max(0, totalSteps - step) : Double.NaN;
    return new ProgressBar((double) step / totalSteps, step, phase, loss, tokensPerSecond, left);
  }

  /**
   * The line, without a line break.
   *
   * @param width columns of the terminal; the line is never longer
   * @param unicode whether the terminal shows more than ASCII
   */
  public String line(int width, boolean unicode) {
    double done = fraction > 0 ? Math.min(fraction, 1) : 0;
    String percent = String.format(Locale.ROOT, "%3d%%", (int) (done * 100));
    List<Field> fields = fields();
    for (int wanted = fields.size(); wanted >= 0; wanted--) {
      StringBuilder text = new StringBuilder();
      fields.stream()
          .limit(wanted)
          .sorted(Comparator.comparingInt(Field::place))
          .forEach(field -> text.append(GAP).append(field.text()));
      int room = width - percent.length() - 1 - text.length();
      if (room >= SHORTEST_BAR) {
        return percent + " " + bar(done, Math.min(room, LONGEST_BAR), unicode) + text;
      }
    }
    return percent.substring(0, Math.clamp(width, 0, percent.length()));
  }

  private record Field(int place, String text) {}

  /** What there is to say, the most important first. */
  private List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    if (!Double.isNaN(loss)) {
      fields.add(new Field(2, String.format(Locale.ROOT, "loss %6.3f", loss)));
    }
    if (!Double.isNaN(secondsLeft)) {
      fields.add(new Field(4, time(secondsLeft) + " left"));
    }
    fields.add(new Field(0, String.format(Locale.ROOT, "step %,6d", step)));
    if (phase != null) {
      fields.add(new Field(1, String.format(Locale.ROOT, "%-7s", phase)));
    }
    if (!Double.isNaN(tokensPerSecond)) {
      fields.add(new Field(3, String.format(Locale.ROOT, "%,7.0f tokens/s", tokensPerSecond)));
    }
    return fields;
  }

  private static String bar(double done, int length, boolean unicode) {
    int filled = (int) Math.round(done * length);
    String full = unicode ? "━" : "=";
    String rest = unicode ? "─" : ".";
    return full.repeat(filled) + rest.repeat(length - filled);
  }

  /** Minutes and seconds, with hours where there are any. */
  private static String time(double seconds) {
    long s = (long) Math.ceil(Math.clamp(seconds, 0, 359_999));
    return s < 3600
        ? String.format(Locale.ROOT, "%2d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }
}
