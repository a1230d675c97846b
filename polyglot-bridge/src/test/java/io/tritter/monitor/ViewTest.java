package io.tritter.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.Phase;
import io.tritter.run.RunStatus;
import io.tritter.train.HeldOutLoss;
import io.tritter.train.MetricsLog;
import io.tritter.train.StepMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ViewTest {
  private static final List<Phase> PHASES = List.of(Phase.values());

  /** A run of 40 steps a phase in turn, whose loss falls from 5 to 1 in a straight line. */
  private static RunStatus run(int steps, String... alerts) {
    List<StepMetrics> metrics = new ArrayList<>();
    List<HeldOutLoss> heldOut = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      double loss = 5 - 4.0 * i / steps;
      Phase phase = PHASES.get(i / 40 % 4);
      metrics.add(
          new StepMetrics(
              i, phase, loss, 0.5, 1e-3, i * 64L, 1000, i, false, Double.NaN, 1, 64 << 20));
      if (i % 50 == 49) {
        heldOut.add(new HeldOutLoss(i + 1, loss + 0.25, i));
      }
    }
    return new RunStatus(
        "demo",
        new MetricsLog.Contents(metrics, heldOut),
        List.of(alerts),
        Map.of(),
        400,
        0,
        false);
  }

  private static List<String> lines(RunStatus run, View view, int width, int height, boolean all) {
    return view.lines(run, width, height, all).stream().map(AttributedString::toString).toList();
  }

  @ParameterizedTest
  @EnumSource
  void aScreenOfAnySizeIsFilledAndNoLineIsWider(View view) {
    for (int steps : new int[] {0, 1, 2, 3, 160, 1000}) {
      for (int width : new int[] {1, 7, 9, 10, 11, 23, 80, 211}) {
        for (int height : new int[] {1, 2, 3, 5, 8, 13, 24, 61}) {
          for (boolean unicode : new boolean[] {false, true}) {
            List<String> lines = lines(run(steps, "step 3: spike"), view, width, height, unicode);
            String size = "%d steps, %d x %d".formatted(steps, width, height);
            assertEquals(height, lines.size(), size);
            assertTrue(lines.stream().allMatch(line -> line.length() <= width), size);
            assertTrue(
                unicode || lines.stream().allMatch(l -> l.chars().allMatch(c -> c < 128)), size);
          }
        }
      }
    }
  }

  @Test
  void aLossThatFallsIsALineFromTheUpperLeftToTheLowerRight() {
    List<String> lines = lines(run(160), View.LOSS, 80, 24, false);
    assertTrue(lines.get(0).startsWith("[1 loss] 2 phases "), lines.get(0));
    assertTrue(lines.get(1).startsWith(" 40% ") && lines.get(1).contains("step    160"));
    assertTrue(lines.get(2).startsWith("held out (o) 1.5250, best 1.5250; "), lines.get(2));
    int before = -1;
    for (String line : lines.subList(3, 22)) {
      int mark = line.indexOf('*');
      assertTrue(mark < 0 || mark >= before, String.join("\n", lines));
      before = mark < 0 ? before : mark;
    }
    assertTrue(before > 70, String.join("\n", lines));
    String labels = lines.stream().skip(3).collect(Collectors.joining("\n"));
    assertTrue(labels.contains("  2 +") && labels.contains("100"), labels);
  }

  @Test
  void aPhaseIsMarkedWhereItWas() {
    List<String> lines = lines(run(160), View.PHASES, 80 + Plot.LEFT, 24, false);
    for (int i = 0; i < 4; i++) {
      String line = lines.get(2 + i);
      assertTrue(line.strip().startsWith(PHASES.get(i) + " "), line);
      int first = line.indexOf('#') - Plot.LEFT;
      int last = line.lastIndexOf('#') - Plot.LEFT;
      assertEquals(20 * i, first, 1, line);
      assertEquals(20 * i + 19, last, 1, line);
    }
    assertEquals("gradient norm, last 0.500", lines.get(6));
  }

  @Test
  void speedAndTimeLeftAreInNumbers() {
    String text = String.join("\n", lines(run(160), View.SPEED, 80, 24, false));
    assertTrue(text.contains("0:02:39, 0:03:59 left"), text);
    assertTrue(text.contains("64 MiB of heap"), text);
  }

  @Test
  void theLastAlertsAreShown() {
    assertTrue(lines(run(60), View.ALERTS, 80, 24, false).get(2).startsWith("no alerts"));
    String[] alerts =
        IntStream.range(0, 50).mapToObj(i -> "step " + i + ": spike").toArray(String[]::new);
    List<String> lines = lines(run(60, alerts), View.ALERTS, 80, 24, false);
    assertEquals("50 alerts, the last ones below", lines.get(2));
    assertEquals("step 49: spike", lines.getLast());
  }

  @Test
  void theViewsGoRound() {
    assertEquals(View.ALERTS, View.LOSS.next(-1));
    assertEquals(View.LOSS, View.ALERTS.next(1));
  }

  @Test
  void brailleHasEightDotsACharacter() {
    Canvas canvas = new Canvas(1, 1, true);
    canvas.dot(0, 0, '*', AttributedStyle.DEFAULT);
    assertEquals("\u2840", canvas.row(0).toString());
    canvas.line(0, 0, 0, 3, '*', AttributedStyle.DEFAULT);
    assertEquals("\u2847", canvas.row(0).toString());
    canvas.line(1, 0, 1, 3, '*', AttributedStyle.DEFAULT);
    assertEquals("\u28ff", canvas.row(0).toString());
  }
}
