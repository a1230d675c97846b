package io.tritter.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.Phase;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private static final ProgressBar HALF =
      ProgressBar.ofTime(90, 180, 1234, Phase.PREDICT, 1.234, 9120.4);

  @Test
  void aWideTerminalShowsEverything() {
    assertEquals(
        " 50% ━━━━━━━━━━━━━━━━━━━━────────────────────  step  1,234  PREDICT  loss  1.234"
            + "    9,120 tokens/s   1:30 left",
        HALF.line(120, true));
    assertEquals(
        " 50% =============............  step  1,234  PREDICT  loss  1.234"
            + "    9,120 tokens/s   1:30 left",
        HALF.line(95, false));
  }

  @Test
  void aNarrowOneShowsTheMostImportant() {
    assertEquals(" 50% ━━━━━━──────  loss  1.234   1:30 left", HALF.line(42, true));
    assertEquals(" 50% ━━━━━─────  loss  1.234", HALF.line(28, true));
    assertEquals(" 50% ━━━━────", HALF.line(13, true));
    assertEquals(" 50%", HALF.line(12, true));
    assertEquals(" 5", HALF.line(2, true));
    assertEquals("", HALF.line(0, true));
  }

  @Test
  void noLineIsLongerThanTheTerminalAndAllOfARunAreEquallyLong() {
    for (int width = 0; width < 150; width++) {
      int length = HALF.line(width, true).length();
      assertTrue(length <= width, "width " + width);
      for (int second = 0; second < 180; second += 7) {
        ProgressBar bar =
            ProgressBar.ofTime(second, 180, second * 10L, Phase.FULL, 5 - second / 50.0, 9999);
        assertEquals(length, bar.line(width, true).length(), "width " + width + " at " + second);
      }
    }
  }

  @Test
  void whatIsNotKnownIsLeftOut() {
    ProgressBar start = ProgressBar.ofSteps(0, 100, 0, null, Double.NaN, Double.NaN);
    assertEquals("  0% " + ".".repeat(40) + "  step      0", start.line(120, false));
  }

  @Test
  void stepsThatAreLeftTakeAsLongAsThoseBefore() {
    ProgressBar bar = ProgressBar.ofSteps(25, 100, 30, Phase.FULL, 2, 100);
    assertEquals(0.25, bar.fraction());
    assertEquals(90, bar.secondsLeft());
  }

  @Test
  void aRunBeyondItsEndIsDone() {
    String line = ProgressBar.ofTime(200, 180, 5, null, Double.NaN, Double.NaN).line(80, false);
    assertEquals("100% " + "=".repeat(40) + "  step      5   0:00 left", line);
    assertEquals(
        "  0% " + ".".repeat(11), new ProgressBar(Double.NaN, 0, null, 1, 1, 1).line(16, false));
  }

  @Test
  void hoursAreShownWhereThereAreAny() {
    assertTrue(
        ProgressBar.ofTime(0, 7384, 0, null, 1, 1).line(120, true).contains(" 2:03:04 left"));
    assertTrue(
        ProgressBar.ofTime(0, 1e30, 0, null, 1, 1).line(120, true).contains(" 99:59:59 left"));
  }
}
