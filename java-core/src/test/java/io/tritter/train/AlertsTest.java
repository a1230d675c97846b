package io.tritter.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

class AlertsTest {
  private static List<String> alerts(
      int steps, LongToDoubleFunction loss, LongToDoubleFunction norm) {
    Alerts alerts = new Alerts();
    List<String> lines = new ArrayList<>();
    for (long i = 0; i < steps; i++) {
      lines.addAll(
          alerts.of(
              new StepMetrics(
                  i, Phase.FULL, loss.applyAsDouble(i), norm.applyAsDouble(i), 0, 0, 0, 0, false)));
    }
    return lines;
  }

  private static double falling(long step) {
    return 2 + 3 * Math.exp(-step / 100.0) + 0.05 * Math.sin(step * 1.7);
  }

  @Test
  void aRunThatGoesWellSaysNothing() {
    assertEquals(List.of(), alerts(1500, AlertsTest::falling, i -> 1));
  }

  @Test
  void aJumpOfTheLossIsASpikeOnce() {
    List<String> lines = alerts(400, i -> i >= 300 && i < 303 ? 6 : falling(i), i -> 1);
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.get(0).startsWith("step 300: spike: loss 6.000"), lines.get(0));
  }

  @Test
  void aLossThatClimbsIsADivergence() {
    List<String> lines = alerts(800, i -> i < 400 ? falling(i) : 2 + (i - 400) * 0.02, i -> 1);
    assertTrue(lines.stream().anyMatch(line -> line.contains("divergence")), lines.toString());
  }

  @Test
  void aLossThatStaysIsAPlateau() {
    List<String> lines = alerts(3500, i -> 2 + 0.01 * Math.sin((double) i), i -> 1);
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.get(0).contains("plateau"), lines.get(0));
  }

  @Test
  void gradientsExplodeAndVanish() {
    List<String> lines =
        alerts(200, AlertsTest::falling, i -> i == 100 ? 1e4 : i == 150 ? 1e-9 : 1);
    assertEquals(2, lines.size(), lines.toString());
    assertEquals("step 100: exploding gradients: norm 10000.0", lines.get(0));
    assertEquals("step 150: vanishing gradients: norm 1.0e-09", lines.get(1));
  }
}
