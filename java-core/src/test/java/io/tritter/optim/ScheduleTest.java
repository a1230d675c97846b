package io.tritter.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {
  static List<Schedule> schedules() {
    return List.of(
        new Schedule.Constant(0.5, 4),
        new Schedule.Linear(0.5, 4, 12, 0.25),
        new Schedule.Cosine(0.5, 4, 12, 0.25),
        new Schedule.WarmupStableDecay(0.5, 4, 12, 6, 0.25));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void allWarmUpInEqualStepsToThePeak(Schedule schedule) {
    assertEquals(0.125, schedule.learningRate(0));
    assertEquals(0.25, schedule.learningRate(1));
    assertEquals(0.375, schedule.learningRate(2));
    assertEquals(0.5, schedule.learningRate(3));
    assertEquals(0.5, schedule.learningRate(4));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void noneRisesAfterTheWarmUpAndEachStaysAtItsFloor(Schedule schedule) {
    for (int step = 4; step < 20; step++) {
      assertTrue(
          schedule.learningRate(step + 1) <= schedule.learningRate(step), schedule + " " + step);
    }
    double end = schedule instanceof Schedule.Constant ? 0.5 : 0.25;
    assertEquals(end, schedule.learningRate(12));
    assertEquals(end, schedule.learningRate(1_000_000_000_000L));
  }

  @Test
  void linearAndCosineMeetHalfWay() {
    assertEquals(0.375, new Schedule.Linear(0.5, 4, 12, 0.25).learningRate(8));
    assertEquals(0.375, new Schedule.Cosine(0.5, 4, 12, 0.25).learningRate(8), 1e-15);
    assertEquals(
        0.25 + 0.25 * Math.pow(Math.cos(Math.PI / 8), 2),
        new Schedule.Cosine(0.5, 4, 12, 0.25).learningRate(6),
        1e-15);
  }

  @Test
  void warmupStableDecayFallsInItsLastStepsOnly() {
    Schedule schedule = new Schedule.WarmupStableDecay(0.5, 4, 12, 4, 0);
    assertEquals(0.5, schedule.learningRate(8));
    assertEquals(0.375, schedule.learningRate(9));
    assertEquals(0.25, schedule.learningRate(10));
    assertEquals(0.125, schedule.learningRate(11));
    assertEquals(0, schedule.learningRate(12));
  }

  @Test
  void withoutWarmUpTheFirstStepIsAtThePeak() {
    assertEquals(0.5, new Schedule.Constant(0.5, 0).learningRate(0));
    assertEquals(0.5, new Schedule.Linear(0.5, 0, 10, 0).learningRate(0));
    assertEquals(0.5, new Schedule.WarmupStableDecay(0.5, 0, 10, 10, 0).learningRate(0));
  }

  @Test
  void badSchedulesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Schedule.Constant(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Schedule.Constant(0.5, -1));
    assertThrows(IllegalArgumentException.class, () -> new Schedule.Linear(0.5, 11, 10, 0));
    assertThrows(IllegalArgumentException.class, () -> new Schedule.Cosine(0.5, 1, 10, 0.75));
    assertThrows(
        IllegalArgumentException.class, () -> new Schedule.WarmupStableDecay(0.5, 4, 10, 7, 0));
  }
}
