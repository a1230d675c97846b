package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DivergenceMonitorTest {
  /** After steps with a loss of 2 with deviation 0.1, and norms of 1. */
  private static DivergenceMonitor settled() {
    DivergenceMonitor monitor = new DivergenceMonitor(DivergenceLimits.DEFAULT);
    for (int i = 0; i < 200; i++) {
      assertEquals(Divergence.NORMAL, monitor.judge(2 + (i % 2 == 0 ? 0.1 : -0.1), 1), "step " + i);
    }
    assertEquals(0.1, monitor.deviation(), 1e-3);
    return monitor;
  }

  @Test
  void aLossIsJudgedByItsDeviationsAboveTheMean() {
    assertEquals(Divergence.NORMAL, settled().judge(2.25, 1));
    assertEquals(Divergence.CAUTION, settled().judge(2.35, 1));
    assertEquals(Divergence.WARNING, settled().judge(2.5, 1));
    assertEquals(Divergence.CRITICAL, settled().judge(2.7, 1));
    assertEquals(Divergence.NORMAL, settled().judge(0.5, 1));
  }

  @Test
  void whatIsNotFiniteIsCriticalFromTheFirstStepOn() {
    DivergenceMonitor monitor = new DivergenceMonitor(DivergenceLimits.DEFAULT);
    assertEquals(Divergence.CRITICAL, monitor.judge(Double.NaN, 1));
    assertEquals(Divergence.CRITICAL, monitor.judge(1, Double.POSITIVE_INFINITY));
    assertEquals(Divergence.NORMAL, monitor.judge(1e9, 1));
  }

  @Test
  void gradientsThatExplodeOrVanishAreAWarning() {
    assertEquals(Divergence.NORMAL, settled().judge(2, 9));
    assertEquals(Divergence.WARNING, settled().judge(2, 11));
    assertEquals(Divergence.WARNING, settled().judge(2, 9e-4));
  }

  @Test
  void whatIsCriticalDoesNotEnterTheMean() {
    DivergenceMonitor monitor = settled();
    double mean = monitor.mean();
    monitor.judge(100, 1);
    assertEquals(mean, monitor.mean());
  }

  @Test
  void aFallingLossIsNormal() {
    DivergenceMonitor monitor = new DivergenceMonitor(DivergenceLimits.DEFAULT);
    Random random = new Random(3);
    for (int i = 1; i < 500; i++) {
      double loss = 6 / Math.sqrt(i) + 0.02 * random.nextGaussian();
      Divergence level = monitor.judge(loss, 1 / Math.sqrt(i));
      assertEquals(false, level.atLeast(Divergence.WARNING), "step " + i);
    }
  }
}
