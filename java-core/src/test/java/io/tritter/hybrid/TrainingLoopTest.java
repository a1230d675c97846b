package io.tritter.hybrid;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.Schedule;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A whole loop: least squares towards a known weight, every part as a program would use it. */
class TrainingLoopTest {
  private static final int STEPS = 400;

  @Test
  void aModelLearnsWithPredictedGradientsAndFewerBackwardPasses() {
    Tensor target = Tensor.zeros(7, 9);
    for (int i = 0; i < target.size(); i++) {
      target.set(i, (float) Math.cos(i));
    }
    Parameter weight = Parameter.of("weight", Tensor.zeros(7, 9));
    AdamW optimizer = new AdamW(List.of(weight), new AdamW.Settings(0.9, 0.95, 1e-8, 0));
    Schedule schedule = new Schedule.WarmupStableDecay(0.01, 20, STEPS, 200, 0);
    DeterministicTrainer trainer =
        DeterministicTrainer.of(
            ParameterShapes.of(List.of(weight)), new PhaseSchedule(10, 5, 6, 3));

    int backwardPasses = 0;
    double first = loss(weight, target);
    for (int step = 0; step < STEPS; step++) {
      double loss = loss(weight, target);
      boolean backward = trainer.beginStep().needsBackward();
      if (backward) {
        backward(weight, target);
        backwardPasses++;
      }
      StepResult result = trainer.step(own(weight, backward), loss);
      Map<String, Tensor> gradients =
          backward
              ? Map.of("weight", weight.gradient())
              : requireNonNull(result.predictedGradients());
      optimizer.step(gradients, schedule.learningRate(step), 1);
    }

    assertTrue(loss(weight, target) < 1e-4 * first, "loss " + loss(weight, target));
    TrainerStats stats = trainer.stats();
    assertEquals(STEPS, stats.totalSteps());
    assertEquals(STEPS - stats.predictSteps(), backwardPasses);
    assertTrue(stats.speedup() > 1.4, stats.toString());
  }

  private static Map<String, Tensor> own(Parameter weight, boolean backward) {
    return backward ? Map.of("weight", weight.gradient()) : Map.of();
  }

  private static double loss(Parameter weight, Tensor target) {
    double sum = 0;
    for (long i = 0; i < target.size(); i++) {
      sum += Math.pow(weight.value().get(i) - target.get(i), 2) / 2;
    }
    return sum;
  }

  private static void backward(Parameter weight, Tensor target) {
    weight.gradient().copyFrom(weight.value());
    weight.gradient().axpby(-1, target, 1);
  }
}
