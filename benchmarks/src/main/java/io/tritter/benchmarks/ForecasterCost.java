package io.tritter.benchmarks;

import io.tritter.hybrid.ForecastError;
import io.tritter.hybrid.Forecaster;
import io.tritter.hybrid.Forecaster.Settings;
import io.tritter.hybrid.Kind;
import io.tritter.hybrid.Phase;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a step of training costs that a {@link Forecaster} watches, by the steps of a tick, and what
 * a question to it; its errors on made-up curves, as shares of those of the last value and of a
 * straight line; and the same of curves on which two kinds of steps take turns.
 */
@SuppressWarnings("SystemOut")
public final class ForecasterCost {
  private static final int STEPS = 400;
  private static final int ROUNDS = 7;
  private static final int CURVE = 960;
  private static final int WARM_UP = 40;
  private static final int STRETCH = 40;
  private static final int FAR = 32;
  private static final int ASK = 16;

  private ForecasterCost() {}

  public static void main(String[] args) {
    Settings usual = Settings.DEFAULT;
    for (int every : new int[] {1, 2, 4, 8}) {
      Settings settings =
          new Settings(every, usual.hidden(), usual.heads(), usual.learningRate(), usual.seed());
      double[] micros = micros(watching(new Forecaster(settings)));
      System.out.printf(
          "tick of %d steps: %5.0f us a step (best %.0f); of a step of 150 ms %.2f %%%n",
          every, micros[ROUNDS / 2], micros[0], micros[ROUNDS / 2] / 1500);
    }
    Forecaster asked = new Forecaster(usual);
    micros(watching(asked));
    double[] micros = micros(() -> asked.at(Kind.BATCH, FAR));
    System.out.printf("a question: %5.0f us (best %.0f)%n", micros[ROUNDS / 2], micros[0]);
    for (double noise : new double[] {0.02, 0.05, 0.2}) {
      errors(noise);
    }
    for (double noise : new double[] {0.02, 0.05}) {
      turns(noise);
    }
  }

  private static void errors(double noise) {
    Forecaster forecaster = new Forecaster(Settings.DEFAULT);
    SplittableRandom random = new SplittableRandom(1);
    for (int step = 1; step <= CURVE; step++) {
      double loss = curve(step) + noise * random.nextGaussian();
      double norm = Math.exp(0.3 * random.nextGaussian()) * (0.5 + loss / 4);
      Phase phase = step <= WARM_UP ? Phase.WARMUP : Phase.FULL;
      forecaster.observe(loss, norm, 1e-3, phase, Kind.OFF);
      if (step % (CURVE / 4) == 0) {
        System.out.printf("noise %.2f, step %3d:", noise, step);
        print(forecaster, Kind.OFF);
      }
    }
  }

  /** Stretches of 40 full and 40 cheap steps, of which a cheap one is worth two full ones. */
  private static void turns(double noise) {
    Forecaster forecaster = new Forecaster(Settings.DEFAULT);
    SplittableRandom random = new SplittableRandom(1);
    double worth = 0;
    double apart = 0;
    double truth = 0;
    for (int step = 1; step <= 2 * CURVE; step++) {
      Phase phase =
          step <= WARM_UP ? Phase.WARMUP : step / STRETCH % 2 == 0 ? Phase.FULL : Phase.PREDICT;
      Kind kind = phase == Phase.PREDICT ? Kind.BATCH : Kind.OFF;
      worth += kind == Kind.OFF ? 1 : 2;
      double loss = root(worth) + noise * random.nextGaussian();
      double norm = Math.exp(0.3 * random.nextGaussian()) * (0.5 + loss / 4);
      forecaster.observe(loss, norm, 1e-3, phase, kind);
      if (step % ASK == 0) {
        double full = forecaster.at(Kind.OFF, FAR).loss();
        apart += full - forecaster.at(Kind.BATCH, FAR).loss();
        truth += root(worth + FAR) - root(worth + 2 * FAR);
      }
      if (step % (CURVE / 2) == 0) {
        for (Kind of : List.of(Kind.OFF, Kind.BATCH)) {
          System.out.printf("noise %.2f, step %4d, %-5s:", noise, step, of);
          print(forecaster, of);
        }
        int asked = CURVE / 2 / ASK;
        System.out.printf(
            "  apart after %d steps, on average: %.4f, in truth %.4f%n",
            FAR, apart / asked, truth / asked);
        apart = 0;
        truth = 0;
      }
    }
  }

  private static double root(double steps) {
    return 6 - 0.1 * Math.sqrt(steps);
  }

  private static double curve(double steps) {
    return 1.5 + 4 * Math.pow(1 + steps / 20, -0.7);
  }

  private static void print(Forecaster forecaster, Kind kind) {
    for (ForecastError error : forecaster.errors()) {
      if (error.kind() == kind) {
        System.out.printf(
            "  %2d ahead %.2f %.2f",
            error.steps(), error.forecast() / error.lastValue(), error.forecast() / error.line());
      }
    }
    System.out.println();
  }

  /** A step of a curve each time. */
  private static Runnable watching(Forecaster forecaster) {
    SplittableRandom random = new SplittableRandom(1);
    int[] step = {0};
    return () -> {
      step[0]++;
      double loss = 2 + 3 / Math.sqrt(1 + step[0] / 20.0) + 0.05 * random.nextGaussian();
      forecaster.observe(loss, 1 + random.nextDouble(), 1e-3, Phase.FULL, Kind.OFF);
    };
  }

  /** Microseconds a call in each round after the first, in order. */
  private static double[] micros(Runnable call) {
    double[] micros = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      for (int i = 0; i < STEPS; i++) {
        call.run();
      }
      if (round >= 0) {
        micros[round] = (System.nanoTime() - begin) / 1e3 / STEPS;
      }
    }
    Arrays.sort(micros);
    return micros;
  }
}
