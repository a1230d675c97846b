package io.tritter.run;

import io.tritter.format.FormatException;
import io.tritter.hybrid.AdaptiveLengths;
import io.tritter.hybrid.PhaseSchedule;
import io.tritter.optim.OptimizerSettings;
import io.tritter.optim.Schedule;
import io.tritter.tensor.Check;
import org.jspecify.annotations.Nullable;

/**
 * The {@code training} section.
 *
 * @param steps the run ends with this step; 0 for no limit
 * @param seconds the run ends after this time, all its parts together; 0 for no limit
 * @param seed of the weights, the order of the data and everything else that is drawn
 * @param accumulate batches a step; their losses are averaged over all tokens together
 * @param clipNorm larger gradients are scaled down to this global norm
 * @param checkpointEvery of so many blocks one keeps its input for the backward pass, and the
 *     others are computed again; 0 for none
 * @param bfloat16 whether the model computes with weights that are rounded to bfloat16, and the
 *     optimizer keeps them in float32
 * @param optimizer which one, and its constants
 * @param schedule learning rate of each step
 * @param phases lengths of the phases of predicted gradients; null for a backward pass each step
 * @param adaptive changes these lengths by the trend of the loss; null keeps them
 */
public record TrainingSettings(
    long steps,
    double seconds,
    long seed,
    int accumulate,
    double clipNorm,
    int checkpointEvery,
    boolean bfloat16,
    OptimizerSettings optimizer,
    Schedule schedule,
    @Nullable PhaseSchedule phases,
    @Nullable AdaptiveLengths adaptive) {
  public TrainingSettings {
    Check.inRange("steps", (double) steps, 0, 1e15);
    Check.inRange("seconds", seconds, 0, 1e15);
    if (steps == 0 && seconds == 0) {
      throw Check.expected("steps", "a limit of steps or seconds", "none");
    }
    Check.atLeast("accumulate", accumulate, 1);
    Check.positive("clip_norm", clipNorm);
    Check.atLeast("activation_checkpointing", checkpointEvery, 0);
  }

  /**
   * Reads the section.
   *
   * @param cheap whether the run has cheap steps
   */
  static TrainingSettings read(YamlMapping section, boolean cheap) throws FormatException {
    long steps = section.whole("steps", 0);
    if (steps < 0) {
      throw section.refused("steps", "training.steps: expected at least 0, got " + steps);
    }
    double seconds = section.number("seconds", 0);
    long seed = section.whole("seed", 0);
    int accumulate = section.integer("accumulate", 1);
    double clipNorm = section.number("clip_norm", 1);
    int checkpointEvery = section.integer("activation_checkpointing", 0);
    Precision precision = section.constant("precision", Precision.FLOAT32);
    OptimizerSettings optimizer = OptimizerSection.read(section.mapping("optimizer"), cheap);
    double peak = section.number("learning_rate", 3e-3);
    Schedule schedule = schedule(section.mapping("schedule"), peak, steps);
    boolean phased = section.has("phases");
    YamlMapping lengths = section.mapping("phases");
    PhaseSchedule phases = phased ? phases(lengths) : null;
    double threshold = section.number("loss_threshold", 0);
    return section.end(
        () ->
            new TrainingSettings(
                steps,
                seconds,
                seed,
                accumulate,
                clipNorm,
                checkpointEvery,
                precision == Precision.BFLOAT16,
                optimizer,
                schedule,
                phases,
                threshold == 0 ? null : new AdaptiveLengths(threshold)));
  }

  private enum Precision {
    FLOAT32,
    BFLOAT16
  }

  private enum Shape {
    CONSTANT,
    LINEAR,
    COSINE,
    WSD
  }

  private static Schedule schedule(YamlMapping section, double peak, long steps)
      throws FormatException {
    Shape shape = section.constant("kind", steps == 0 ? Shape.CONSTANT : Shape.COSINE);
    long warmup = section.whole("warmup_steps", 0);
    long total = section.whole("total_steps", steps);
    long decay = section.whole("decay_steps", (total - warmup) / 2);
    double floor = section.number("floor", 0);
    return section.end(
        () -> {
          if (shape != Shape.CONSTANT && total == 0) {
            throw Check.expected("total_steps", "a number of steps where steps has none", 0);
          }
          return switch (shape) {
            case CONSTANT -> new Schedule.Constant(peak, warmup);
            case LINEAR -> new Schedule.Linear(peak, warmup, total, floor);
            case COSINE -> new Schedule.Cosine(peak, warmup, total, floor);
            case WSD -> new Schedule.WarmupStableDecay(peak, warmup, total, decay, floor);
          };
        });
  }

  private static PhaseSchedule phases(YamlMapping section) throws FormatException {
    PhaseSchedule usual = PhaseSchedule.DEFAULT;
    int warmup = section.integer("warmup", usual.warmup());
    int full = section.integer("full", usual.full());
    int predict = section.integer("predict", usual.predict());
    int correct = section.integer("correct_every", usual.correctEvery());
    return section.end(() -> new PhaseSchedule(warmup, full, predict, correct));
  }
}
