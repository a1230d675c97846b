package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ControllerTest {
  private static final HybridConfig TWO_ARMS =
      new HybridConfig(
          1,
          2,
          1,
          Opening.NONE,
          List.of(Kind.BATCH, Kind.LINEAR),
          List.of(10),
          List.of(0.5),
          0.1,
          0.03,
          3,
          DivergenceLimits.DEFAULT,
          Correction.NONE,
          1,
          HybridConfig.Clock.DECLARED,
          false);

  private static Arm chosen(Controller controller) {
    return Objects.requireNonNull(controller.choose());
  }

  @Test
  void everyArmIsTriedAndThenTheOneThatGains() {
    Controller controller = new Controller(TWO_ARMS);
    controller.spend(1000);
    Arm first = chosen(controller);
    assertEquals(Kind.BATCH, first.kind());
    controller.judge(first, 10, 0.011, 0.01, false);
    Arm second = chosen(controller);
    assertEquals(Kind.LINEAR, second.kind());
    controller.judge(second, 10, 0.005, 0.01, false);
    assertEquals(Kind.BATCH, chosen(controller).kind());
  }

  @Test
  void offIsChosenWhereNothingGains() {
    Controller controller = new Controller(TWO_ARMS);
    for (int i = 0; i < 6; i++) {
      Arm arm = chosen(controller);
      // one good attempt of each keeps it open
      controller.judge(arm, 10, i < 2 ? 0.011 : -1, 0.01, i >= 2);
    }
    assertNull(controller.choose());
    assertTrue(controller.open());
    assertEquals(1, controller.arms().get(0).kept());
  }

  @Test
  void threeRejectionsInARowCloseAnArm() {
    Controller controller = new Controller(TWO_ARMS);
    Arm arm = chosen(controller);
    for (double progress : new double[] {0.0099, 0.0101, 0.0099, 0.0099}) {
      controller.judge(arm, 10, progress, 0.01, false);
    }
    assertEquals(arm, controller.arm(0));
    assertEquals(2, controller.arms().get(0).rejections());
    controller.judge(arm, 10, 0.0099, 0.01, false);
    Arm other = chosen(controller);
    assertEquals(Kind.LINEAR, other.kind());
    for (int i = 0; i < 3; i++) {
      controller.decline(other);
    }
    assertNull(controller.choose());
    assertFalse(controller.open());
  }

  @Test
  void thePurseIsAShareOfTheTimeAndWhatWasGainedLessWhatWasLost() {
    Controller controller = new Controller(TWO_ARMS);
    controller.spend(1000);
    assertEquals(30, controller.purse(), 1e-9);
    Arm arm = chosen(controller);
    controller.judge(arm, 20, 0, 0.01, true);
    assertEquals(10, controller.purse(), 1e-9);
    assertEquals(1000, controller.useful(), 1e-9);
    controller.judge(arm, 20, 0.005, 0.01, false);
    assertEquals(10 - 10 + 0.03 * 10, controller.purse(), 1e-9);
    controller.judge(arm, 20, 0.015, 0.01, false);
    assertEquals(0.3 + 10 + 0.03 * 20, controller.purse(), 1e-9);
    controller.lose(1);
    assertEquals(9.9, controller.purse(), 1e-9);
  }

  @Test
  void whereFullStepsGainNothingAnAttemptIsNeitherGainNorLoss() {
    Controller controller = new Controller(TWO_ARMS);
    Arm arm = chosen(controller);
    controller.judge(arm, 20, 0.5, 0, false);
    assertEquals(0, controller.arms().get(0).advantage());
    assertEquals(0, controller.arms().get(0).rejections());
  }

  @Test
  void aLoadedControllerChoosesAsTheOneThatWasSaved() {
    Controller one = new Controller(TWO_ARMS);
    one.spend(500);
    one.judge(chosen(one), 10, 0.02, 0.01, false);
    one.decline(chosen(one));
    Controller other = new Controller(TWO_ARMS);
    other.load(one.state());
    assertEquals(one.arms(), other.arms());
    assertEquals(one.purse(), other.purse());
    assertEquals(one.choose(), other.choose());
    assertNotNull(other.choose());
  }

  @Test
  void fullStepsGainWithTheLogarithmOfTheTime() {
    PlainProgress plain = new PlainProgress();
    assertEquals(0, plain.expected(10, 20));
    plain.begin(100, 5 - Math.log(100));
    plain.end(200, 5 - Math.log(200));
    assertEquals(Math.log(1.1), plain.expected(200, 220), 1e-12);
    PlainProgress loaded = new PlainProgress();
    loaded.load(plain.state());
    assertEquals(plain.expected(300, 310), loaded.expected(300, 310));
  }
}
