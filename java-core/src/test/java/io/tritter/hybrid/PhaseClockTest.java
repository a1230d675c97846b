package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.hybrid.AdaptiveLengths.Lengths;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhaseClockTest {

  @ParameterizedTest
  @CsvSource({
    "10, 5, 20, 5, WWWWWWWWWWFFFFFPPPPPCPPPPCPPPPCPPPPCFFFFFPPPPPC",
    "3, 2, 4, 2, WWWFFPPCPCFFPPCPC",
    "3, 2, 5, 2, WWWFFPPCPCFFPPCPC",
    "1, 1, 1, 1, WFPCFPCFPC",
    "1, 1, 3, 1, WFPCPCFPCPC",
    "2, 1, 3, 9, WWFPPPCFPPPCF",
    "2, 3, 0, 5, WWFFFFFFFFFFF",
    "25, 1, 2, 5, WWWWWWWWWWWWWWWWWWWWWWWWWFPPCFPPC",
  })
  void phasesFollowTheSchedule(int warmup, int full, int predict, int correctEvery, String wanted) {
    PhaseClock clock = new PhaseClock(new PhaseSchedule(warmup, full, predict, correctEvery), null);
    StringBuilder got = new StringBuilder();
    for (int i = 0; i < wanted.length(); i++) {
      Phase announced = clock.upcoming();
      clock.begin();
      assertEquals(announced, clock.phase());
      got.append(clock.phase().name().charAt(0));
      clock.end(1);
    }
    assertEquals(wanted, got.toString());
  }

  @Test
  void withoutPredictionCyclesStillCount() {
    PhaseClock clock = new PhaseClock(new PhaseSchedule(2, 3, 0, 5), null);
    run(clock, 2 + 3 * 3 + 1, 1);
    assertEquals(3, clock.cycle());
    assertEquals(1, clock.speedup());
  }

  @Test
  void beginTwiceIsOneStep() {
    PhaseClock clock = new PhaseClock(PhaseSchedule.DEFAULT, null);
    clock.begin();
    clock.begin();
    assertEquals(0, clock.totalSteps());
    clock.end(1);
    assertEquals(1, clock.totalSteps());
  }

  @Test
  void fixedLengthsIgnoreTheLoss() {
    PhaseClock clock = new PhaseClock(new PhaseSchedule(1, 5, 5, 50), null);
    float loss = 1;
    for (int i = 0; i < 1 + 11 * 8; i++) {
      clock.begin();
      clock.end(loss *= 1.1f);
    }
    assertEquals(7, clock.cycle()); // 5 FULL, 5 PREDICT, 1 CORRECT, eight times
  }

  @Test
  void risingLossLengthensFullAndFallingLossLengthensPrediction() {
    AdaptiveLengths adaptive = AdaptiveLengths.DEFAULT;
    assertEquals(new Lengths(7, 15), adaptive.adjust(new Lengths(5, 20), 1, 1.11));
    assertEquals(new Lengths(5, 20), adaptive.adjust(new Lengths(5, 20), 1, 1.09));
    assertEquals(new Lengths(5, 20), adaptive.adjust(new Lengths(5, 20), 1, 0.96));
    assertEquals(new Lengths(4, 23), adaptive.adjust(new Lengths(5, 20), 1, 0.94));
  }

  @Test
  void adaptedLengthsStayInTheirBounds() {
    AdaptiveLengths adaptive = new AdaptiveLengths(0.5);
    assertEquals(new Lengths(30, 5), adaptive.adjust(new Lengths(29, 8), 1, 2));
    assertEquals(new Lengths(3, 50), adaptive.adjust(new Lengths(3, 49), 1, 0.5));
  }

  @Test
  void badSchedulesAreRefusedWithTheFieldAndTheRule() {
    assertMessage("warmup_steps: expected at least 1, got 0", () -> new PhaseSchedule(0, 5, 20, 5));
    assertMessage("full_steps: expected at least 1, got 0", () -> new PhaseSchedule(1, 0, 20, 5));
    assertMessage(
        "predict_steps: expected at least 0, got -1", () -> new PhaseSchedule(1, 1, -1, 5));
    assertMessage("correct_every: expected at least 1, got 0", () -> new PhaseSchedule(1, 1, 1, 0));
    assertMessage(
        "loss_threshold: expected a positive number, got 0.0", () -> new AdaptiveLengths(0));
  }

  private static void assertMessage(String message, Runnable refused) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, refused::run).getMessage());
  }

  private static void run(PhaseClock clock, int steps, float loss) {
    for (int i = 0; i < steps; i++) {
      clock.begin();
      clock.end(loss);
    }
  }
}
