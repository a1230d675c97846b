package io.tritter.benchmarks;

import io.tritter.hybrid.Forecaster;
import io.tritter.hybrid.Forecaster.Settings;
import io.tritter.hybrid.Phase;
import java.util.Arrays;
import java.util.SplittableRandom;

/** What a step of training costs that a {@link Forecaster} watches, by the steps of a tick. */
@SuppressWarnings("SystemOut")
public final class ForecasterCost {
  private static final int STEPS = 400;
  private static final int ROUNDS = 7;

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
