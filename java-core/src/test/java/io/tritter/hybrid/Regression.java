package io.tritter.hybrid;

import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Least squares in two layers, {@code y = x (first + second) + bias}, on rows that the number of a
 * batch draws; the bias is its embedding. Counts its passes.
 */
final class Regression implements Trainable<Long> {
  static final int ROWS = 16;
  static final int IN = 7;
  static final int OUT = 3;

  final Parameter first = Parameter.of("first", Tensor.zeros(IN, OUT));
  final Parameter second = Parameter.of("second", Tensor.zeros(IN, OUT));
  final Parameter bias = Parameter.of("bias", Tensor.zeros(OUT));
  final double noise;
  int fullPasses;
  int partPasses;
  int forwardPasses;
  int changes;

  Regression(double noise) {
    this.noise = noise;
  }

  AdamW optimizer() {
    return new AdamW(parameters(), new AdamW.Settings(0.8, 0.95, 1e-8, 0));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(first, second, bias);
  }

  @Override
  public Set<String> outputsAbove(double depth) {
    return depth < 1 ? Set.of("second") : Set.of();
  }

  /** The second layer comes in at the whole depth. */
  @Override
  public Map<String, String> stacked(double from, double to) {
    return from < 1 && to == 1 ? Map.of("second", "first") : Map.of();
  }

  @Override
  public Set<String> embeddings() {
    return Set.of("bias");
  }

  @Override
  public double cost(Effort effort) {
    return Trainable.super.cost(effort) * (effort.embeddings() ? 1 : 0.75);
  }

  @Override
  public double forwardBackward(Long batch, Effort effort) {
    if (effort.equals(Effort.FULL)) {
      fullPasses++;
    } else {
      partPasses++;
    }
    return pass(batch, effort, true);
  }

  @Override
  public double loss(Long batch) {
    forwardPasses++;
    return pass(batch, Effort.FULL, false);
  }

  @Override
  public void weightsChanged() {
    changes++;
  }

  private double pass(long batch, Effort effort, boolean backward) {
    if (backward) {
      parameters().forEach(Parameter::clearGradient);
    }
    SplittableRandom random = new SplittableRandom(batch);
    int rows = Effort.of(effort.batch(), ROWS);
    boolean deep = effort.depth() == 1;
    double loss = 0;
    for (int r = 0; r < rows; r++) {
      double[] x = random.doubles(IN, -1, 1).toArray();
      for (int c = 0; c < OUT; c++) {
        double error = bias.value().get(c) - 0.5 + noise * random.nextDouble(-1, 1);
        for (int i = 0; i < IN; i++) {
          long at = (long) i * OUT + c;
          double weight = first.value().get(at) + (deep ? second.value().get(at) : 0);
          error += x[i] * (weight - Math.cos((double) at));
        }
        loss += error * error / 2 / rows;
        if (backward) {
          for (int i = 0; i < IN; i++) {
            long at = (long) i * OUT + c;
            add(first, at, error * x[i] / rows);
            add(second, at, deep ? error * x[i] / rows : 0);
          }
          add(bias, c, effort.embeddings() ? error / rows : 0);
        }
      }
    }
    return loss;
  }

  private static void add(Parameter parameter, long at, double amount) {
    parameter.gradient().set(at, (float) (parameter.gradient().get(at) + amount));
  }

  /** Numbers of batches, one after another; a rollback goes back to the one that it had. */
  static final class Batches implements Restorable {
    private long next;

    Long next() {
      return next++;
    }

    @Override
    public State state() {
      return new State(Map.of(), Map.of("next", (double) next));
    }

    @Override
    public void load(State state) {
      next = state.count("next");
    }
  }
}
