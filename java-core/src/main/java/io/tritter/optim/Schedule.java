package io.tritter.optim;

import io.tritter.tensor.Check;

/**
 * Learning rate of each step. All start with a linear warm-up from {@code peak / warmup} at step 0
 * to {@code peak}; those that fall reach {@code floor} at step {@code total} and stay there.
 */
public sealed interface Schedule {

  /**
   * The learning rate of a step.
   *
   * @param step from 0
   */
  double learningRate(long step);

  /** {@code peak} for ever. */
  record Constant(double peak, long warmup) implements Schedule {
    public Constant {
      check(peak, 0, warmup, warmup);
    }

    @Override
    public double learningRate(long step) {
      return peak * warmedUp(step, warmup);
    }
  }

  /** A straight line down from the end of the warm-up. */
  record Linear(double peak, long warmup, long total, double floor) implements Schedule {
    public Linear {
      check(peak, floor, warmup, total);
    }

    @Override
    public double learningRate(long step) {
      return step < warmup
          ? peak * warmedUp(step, warmup)
          : peak + (floor - peak) * progress(step, warmup, total);
    }
  }

  /** Half a period of a cosine down from the end of the warm-up (Loshchilov and Hutter, 2017). */
  record Cosine(double peak, long warmup, long total, double floor) implements Schedule {
    public Cosine {
      check(peak, floor, warmup, total);
    }

    @Override
    public double learningRate(long step) {
      return step < warmup
          ? peak * warmedUp(step, warmup)
          : floor + (peak - floor) * (1 + Math.cos(Math.PI * progress(step, warmup, total))) / 2;
    }
  }

  /**
   * Warm-up, stable, decay: {@code peak} until the last {@code decay} steps, then a straight line
   * down (Hu et al., 2024).
   *
   * @param decay at most {@code total - warmup}
   */
  record WarmupStableDecay(double peak, long warmup, long total, long decay, double floor)
      implements Schedule {
    public WarmupStableDecay {
      check(peak, floor, warmup, total);
      checkSteps("decay_steps", decay, total - warmup);
    }

    @Override
    public double learningRate(long step) {
      return step < warmup
          ? peak * warmedUp(step, warmup)
          : peak + (floor - peak) * progress(step, total - decay, total);
    }
  }

  private static double warmedUp(long step, long warmup) {
    return step < warmup ? (step + 1) / (double) warmup : 1;
  }

  /** 0 up to {@code from}, 1 from {@code to} on. */
  private static double progress(long step, long from, long to) {
    if (step >= to) {
      return 1;
    }
    return step <= from ? 0 : (step - from) / (double) (to - from);
  }

  private static void check(double peak, double floor, long warmup, long total) {
    Check.positive("learning_rate", peak);
    Check.inRange("floor", floor, 0, peak);
    checkSteps("warmup_steps", warmup, total);
  }

  private static void checkSteps(String name, long steps, long most) {
    if (steps < 0 || steps > most) {
      throw Check.expected(name, "0 to " + most, steps);
    }
  }
}
