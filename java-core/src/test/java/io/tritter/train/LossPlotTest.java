package io.tritter.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.Phase;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossPlotTest {
  @TempDir Path dir;

  @Test
  void aRunIsDrawnWithItsPhasesInTheirColours() throws IOException {
    Map<String, Double> baselines = new LinkedHashMap<>();
    baselines.put("bigram", 2.45);
    baselines.put("gzip -9", 1.75);
    baselines.put("xz -9", 1.71);
    BufferedImage image = draw(run(1500), baselines);
    assertEquals(1200, image.getWidth());
    assertEquals(700, image.getHeight());
    int green = 0;
    int orange = 0;
    int blue = 0;
    int ink = 0;
    for (int y = 0; y < 600; y++) { // above the legend
      for (int x = 0; x < 1200; x++) {
        int r = image.getRGB(x, y) >> 16 & 0xFF;
        int g = image.getRGB(x, y) >> 8 & 0xFF;
        int b = image.getRGB(x, y) & 0xFF;
        green += g > r + 60 && g > b + 10 ? 1 : 0;
        orange += r > b + 60 && r > g + 20 ? 1 : 0;
        blue += b > r + 60 && b > g + 20 ? 1 : 0;
        ink += r < 60 && g < 60 && b < 75 ? 1 : 0;
      }
    }
    String found = "green %d, orange %d, blue %d, ink %d".formatted(green, orange, blue, ink);
    assertTrue(green > 1000 && orange > 300 && blue > 300 && ink > 1000, found);
  }

  @Test
  void runsOfAnyLengthAreDrawn() throws IOException {
    for (int steps : new int[] {1, 2, 3, 17, 7000}) {
      draw(run(steps), Map.of());
    }
  }

  @Test
  void lossesThatAreNotFiniteAreLeftOut() throws IOException {
    List<StepMetrics> steps = new ArrayList<>(run(100).steps());
    steps.set(50, step(50, Phase.FULL, Double.NaN));
    steps.set(51, step(51, Phase.FULL, Double.POSITIVE_INFINITY));
    List<HeldOutLoss> heldOut = List.of(new HeldOutLoss(60, Double.NaN, 1));
    draw(new MetricsLog.Contents(steps, heldOut), Map.of("constant", 2.0));
  }

  @Test
  void predictedStepsHaveAPlaceThoughTheyHaveNoLoss() {
    List<StepMetrics> steps = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      boolean predicted = i % 4 == 3;
      steps.add(
          step(i, predicted ? Phase.PREDICT : Phase.FULL, predicted ? Double.NaN : 3 - 0.01 * i));
    }
    LossCurve curve = new LossCurve(steps);
    assertEquals(30, curve.size());
    assertEquals(10, curve.places(Phase.PREDICT, 1).length);
    assertEquals(0, curve.dots(Phase.PREDICT, 1, 10).x.length);
    assertEquals(39, curve.lastStep());
  }

  @Test
  void aRunWithoutLossesIsRefusedAndNoFileIsMade() {
    Path png = dir.resolve("none.png");
    MetricsLog.Contents none =
        new MetricsLog.Contents(List.of(step(0, Phase.WARMUP, Double.NaN)), List.of());
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> LossPlot.write(png, "none", none, Map.of()));
    assertEquals("steps: expected at least one with a finite loss, got none", e.getMessage());
    assertTrue(Files.notExists(png));
  }

  private BufferedImage draw(MetricsLog.Contents run, Map<String, Double> baselines)
      throws IOException {
    Path png = dir.resolve("loss.png");
    LossPlot.write(png, "BitNet b1.58, 0.8M parameters", run, baselines);
    BufferedImage image = ImageIO.read(png.toFile());
    assertEquals(1200, image.getWidth());
    return image;
  }

  /** A run as the demo makes it: 10 steps of warm-up, then 5 full and 20 cheap ones in turn. */
  static MetricsLog.Contents run(int count) {
    Random random = new Random(1);
    List<StepMetrics> steps = new ArrayList<>();
    List<HeldOutLoss> heldOut = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int place = (i - 10) % 25;
      Phase phase =
          i < 10
              ? Phase.WARMUP
              : place < 5 ? Phase.FULL : place % 5 == 4 ? Phase.CORRECT : Phase.PREDICT;
      double curve = 1.5 + 4.05 * Math.pow(1 + i / 25.0, -0.75);
      steps.add(step(i, phase, curve + 0.09 * random.nextGaussian()));
      if (i % 250 == 249) {
        heldOut.add(new HeldOutLoss(i + 1, curve + 0.05, i * 0.1));
      }
    }
    return new MetricsLog.Contents(steps, heldOut);
  }

  private static StepMetrics step(int i, Phase phase, double loss) {
    return new StepMetrics(i, phase, loss, 1, 1e-3, i * 2048L, 9000, i * 0.1, false);
  }
}
