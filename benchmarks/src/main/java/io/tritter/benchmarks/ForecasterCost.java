package io.tritter.benchmarks;

import io.tritter.hybrid.ForecastError;
import io.tritter.hybrid.Forecaster;
import io.tritter.hybrid.Forecaster.Settings;
import io.tritter.hybrid.Phase;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What a step of training costs that a {@link Forecaster} watches, by the steps of a tick; and its
 * errors on made-up curves, as shares of those of the last value and of a straight line.
 */
@SuppressWarnings("SystemOut")
public final class ForecasterCost {
  private static final int STEPS = 400;
  private static final int ROUNDS = 7;
  private static final int CURVE = 960;

  private ForecasterCost() {}

  public static void main(String[] args) {
    Settings usual = Settings.DEFAULT;
    for (int every : new int[] {1, 2, 4, 8}) {
      Settings settings =
          new Settings(every, usual.hidden(), usual.heads(), usual.learningRate(), usual.seed());
      double[] micros = micros(new Forecaster(settings));
      System.out.printf(
          "tick of %d steps: %5.0f us a step (best %.0f); of a step of 150 ms %.2f %%%n",
          every, micros[ROUNDS / 2], micros[0], micros[ROUNDS / 2] / 1500);
    }
    for (double noise : new double[] {0.02, 0.05, 0.2}) {
      errors(noise);
    }
  }

  private static void errors(double noise) {
    Forecaster forecaster = new Forecaster(Settings.DEFAULT);
    SplittableRandom random = new SplittableRandom(1);
    for (int step = 1; step <= CURVE; step++) {
      double loss = 1.5 + 4 * Math.pow(1 + step / 20.0, -0.7) + noise * random.nextGaussian();
      double norm = Math.exp(0.3 * random.nextGaussian()) * (0.5 + loss / 4);
      forecaster.observe(loss, norm, 1e-3, step <= 40 ? Phase.WARMUP : Phase.FULL);
      if (step % (CURVE / 4) == 0) {
        System.out.printf("noise %.2f, step %3d:", noise, step);
        for (ForecastError error : forecaster.errors()) {
          System.out.printf(
              "  %2d ahead %.2f %.2f",
              error.steps(), error.forecast() / error.lastValue(), error.forecast() / error.line());
        }
        System.out.println();
      }
    }
  }

  /** Microseconds a step of each round after the first, in order. */
  private static double[] micros(Forecaster forecaster) {
    SplittableRandom random = new SplittableRandom(1);
    double[] micros = new double[ROUNDS];
    int step = 0;
    for (int round = -1; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      for (int i = 0; i < STEPS; i++) {
        step++;
        double loss = 2 + 3 / Math.sqrt(1 + step / 20.0) + 0.05 * random.nextGaussian();
        forecaster.observe(loss, 1 + random.nextDouble(), 1e-3, Phase.FULL);
      }
      if (round >= 0) {
        micros[round] = (System.nanoTime() - begin) / 1e3 / STEPS;
      }
    }
    Arrays.sort(micros);
    return micros;
  }
}
