package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.HybridConfig.Clock;
import io.tritter.hybrid.HybridConfig.Preset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HybridConfigTest {
  private static HybridConfig config(
      int warmup, int full, int recovery, List<Kind> kinds, List<Integer> lengths) {
    return new HybridConfig(
        warmup,
        full,
        recovery,
        Opening.NONE,
        kinds,
        lengths,
        List.of(0.5),
        0.1,
        0.03,
        3,
        DivergenceLimits.DEFAULT,
        Correction.NONE,
        1,
        Clock.DECLARED,
        false);
  }

  private static HybridConfig config(
      double strength, double confidence, double trying, int rejections, double mostRate) {
    return new HybridConfig(
        1,
        2,
        1,
        Opening.NONE,
        List.of(Kind.BATCH),
        List.of(1),
        List.of(strength),
        confidence,
        trying,
        rejections,
        DivergenceLimits.DEFAULT,
        Correction.NONE,
        mostRate,
        Clock.DECLARED,
        false);
  }

  private static void refused(String name, Executable make) {
    String message =
        String.valueOf(assertThrows(IllegalArgumentException.class, make).getMessage());
    assertTrue(message.startsWith(name + ": expected "), message);
  }

  @Test
  void eachFieldIsChecked() {
    List<Kind> batch = List.of(Kind.BATCH);
    refused("warmup_steps", () -> config(0, 2, 1, batch, List.of(1)));
    refused("full_steps", () -> config(1, 1, 1, batch, List.of(1)));
    refused("recovery_steps", () -> config(1, 2, 0, batch, List.of(1)));
    refused("kinds", () -> config(1, 2, 1, List.of(Kind.OFF), List.of(1)));
    refused("kinds", () -> config(1, 2, 1, batch, List.of()));
    refused("lengths", () -> config(1, 2, 1, batch, List.of(3, 0)));
    refused("strengths", () -> config(0, 0.1, 0.03, 3, 1));
    refused("strengths", () -> config(1.1, 0.1, 0.03, 3, 1));
    refused("confidence", () -> config(0.5, 0, 0.03, 3, 1));
    refused("confidence", () -> config(0.5, 1, 0.03, 3, 1));
    refused("trying_share", () -> config(0.5, 0.1, 0.6, 3, 1));
    refused("rejections", () -> config(0.5, 0.1, 0.03, 0, 1));
    refused("most_rate", () -> config(0.5, 0.1, 0.03, 3, 0.9));
    refused("opening", () -> new Opening(Kind.LINEAR, 5, List.of(0.5)));
    refused("opening_steps", () -> new Opening(Kind.BATCH, 0, List.of(0.5)));
    refused("opening_steps", () -> new Opening(Kind.OFF, 5, List.of()));
    refused("opening_strengths", () -> new Opening(Kind.BATCH, 5, List.of()));
    refused("opening_strengths", () -> new Opening(Kind.BATCH, 5, List.of(2.0)));
    refused("caution", () -> new DivergenceLimits(0, 4, 6, 10, 0.1));
    refused("warning", () -> new DivergenceLimits(3, 2, 6, 10, 0.1));
    refused("critical", () -> new DivergenceLimits(3, 4, 3, 10, 0.1));
    refused("exploding", () -> new DivergenceLimits(3, 4, 6, 1, 0.1));
    refused("opening.stack", () -> new Opening(Kind.BATCH, 5, List.of(0.5), true));
    refused("vanishing", () -> new DivergenceLimits(3, 4, 6, 10, 1));
    refused("correction", () -> new Correction(Correction.Form.LOW_RANK, 1.5, 1));
    refused("rank", () -> new Correction(Correction.Form.LOW_RANK, 1, 0));
    refused("batch", () -> new Effort(0, 1, 1, true));
    refused("context", () -> new Effort(1, 1.5, 1, true));
    refused("depth", () -> new Effort(1, 1, Double.NaN, true));
  }

  @ParameterizedTest
  @CsvSource({
    "SAFE, true, 0",
    "SAFE, false, 0",
    "BALANCED, true, 750",
    "BALANCED, false, 400",
    "AGGRESSIVE, true, 750",
    "AGGRESSIVE, false, 400"
  })
  void aPresetOpensARunWhoseLengthIsKnownAndStacksLayersOnlyOfNewModels(
      Preset preset, boolean fromScratch, int steps) {
    Opening opening = HybridConfig.of(preset, 1000, fromScratch).opening();
    assertEquals(steps, opening.steps());
    assertEquals(fromScratch && steps > 0, opening.stack());
    assertEquals(Opening.NONE, HybridConfig.of(preset, 0, fromScratch).opening());
  }

  @Test
  void theWarmupOfAPresetIsAFiftiethOfAShortRun() {
    assertEquals(10, HybridConfig.of(Preset.SAFE, 0, false).warmupSteps());
    assertEquals(10, HybridConfig.of(Preset.SAFE, 100_000, false).warmupSteps());
    assertEquals(4, HybridConfig.of(Preset.SAFE, 200, false).warmupSteps());
    assertEquals(1, HybridConfig.of(Preset.SAFE, 1, false).warmupSteps());
  }

  @Test
  void stagesOfAnOpeningAreAsLongAsEachOther() {
    Opening opening = new Opening(Kind.BATCH, 7, List.of(0.25, 0.5));
    assertEquals(0.25, opening.strength(3));
    assertEquals(0.5, opening.strength(4));
    assertEquals(0.5, opening.strength(6));
  }

  @Test
  void aShareOfAFewThingsIsAtLeastOneOfThem() {
    assertEquals(1, Effort.of(0.25, 1));
    assertEquals(2, Effort.of(0.25, 8));
    assertEquals(3, Effort.of(0.5, 5));
  }
}
