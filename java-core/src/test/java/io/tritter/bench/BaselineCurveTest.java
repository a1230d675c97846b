package io.tritter.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.run.Trial;
import java.util.List;
import org.junit.jupiter.api.Test;

class BaselineCurveTest {
  private static final double ROUNDING = 1e-9;

  static TrialResult trial(String variant, double budget, long seed, double seconds, double loss) {
    String key = variant + budget + seed;
    Trial.Look end = new Trial.Look(10, seconds, loss);
    return new TrialResult(key, variant, budget, seed, List.of(end), List.of());
  }

  private static BaselineCurve curve(double... losses) {
    double seconds = 10;
    java.util.ArrayList<TrialResult> trials = new java.util.ArrayList<>();
    for (double loss : losses) {
      trials.addFirst(trial("adamw", 1, 0, seconds, loss)); // in any order
      seconds *= 2;
    }
    return new BaselineCurve(trials);
  }

  @Test
  void timeToALossIsThatOfTheTrainingWithIt() {
    BaselineCurve curve = curve(3, 2.5, 2.25);
    assertEquals(10, curve.seconds(3), ROUNDING);
    assertEquals(20, curve.seconds(2.5), ROUNDING);
    assertEquals(40, curve.seconds(2.25), ROUNDING);
  }

  @Test
  void halfOfTheFallTakesTheGeometricMean() {
    assertEquals(10 * Math.sqrt(2), curve(3, 2.5, 2.25).seconds(2.75), ROUNDING);
    assertEquals(20 * Math.sqrt(2), curve(3, 2.5, 2.25).seconds(2.375), ROUNDING);
  }

  @Test
  void beyondTheEndsTheLinesGoOnAndSaySo() {
    BaselineCurve curve = curve(3, 2.5, 2.25);
    assertEquals(80, curve.seconds(2), ROUNDING);
    assertEquals(5, curve.seconds(3.5), ROUNDING);
    assertFalse(curve.covers(2));
    assertFalse(curve.covers(3.5));
    assertTrue(curve.covers(2.3));
  }

  @Test
  void whatMoreTimeDoesNotReachTakesForEver() {
    BaselineCurve curve = curve(3, 3);
    assertEquals(Double.POSITIVE_INFINITY, curve.seconds(2.9));
    assertEquals(10, curve.seconds(3.1), ROUNDING);
  }

  @Test
  void oneTrainingIsNoCurve() {
    assertThrows(IllegalArgumentException.class, () -> curve(3));
  }
}
