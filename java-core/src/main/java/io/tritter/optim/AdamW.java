package io.tritter.optim;

import io.tritter.kernel.AdamWStep;
import io.tritter.kernel.Kernels;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter, 2019) with clipping by the global gradient norm, over parameters
 * that it updates in place. Weight decay applies to those that {@link Parameter#decays}. {@link
 * CautiousAdamW} and {@link NAdam} are relatives with the same state.
 *
 * <p>Holds 2 floats a parameter.
 */
public final class AdamW implements Optimizer {
  private final List<Parameter> parameters;
  private final List<Tensor> ownGradients;
  private final ParameterShapes shapes;
  private final Form form;
  private final Settings settings;
  private final List<Tensor> firstMoments;
  private final List<Tensor> secondMoments;
  private long steps;

  /**
   * Constants of an optimizer; the learning rate is an argument of each step.
   *
   * @param beta1 at least 0, below 1
   * @param beta2 at least 0, below 1
   * @param epsilon positive, added to the root of the second moment
   * @param weightDecay at least 0; a step multiplies by {@code 1 - learningRate * weightDecay}
   */
  public record Settings(double beta1, double beta2, double epsilon, double weightDecay)
      implements OptimizerSettings {
    public static final Settings DEFAULT = new Settings(0.9, 0.95, 1e-8, 0.1);

    public Settings {
      Check.inRange("beta1", beta1, 0, Math.nextDown(1f));
      Check.inRange("beta2", beta2, 0, Math.nextDown(1f));
      Check.positive("epsilon", (float) epsilon);
      Check.inRange("weight_decay", weightDecay, 0, Float.MAX_VALUE);
    }

    @Override
    public Optimizer create(List<Parameter> parameters) {
      return new AdamW(parameters, this);
    }

    /** The plain update of a step, counted from 1. */
    AdamWStep at(double learningRate, double decay, long step) {
      return new AdamWStep(
          (float) learningRate, (float) beta1, (float) beta2, (float) epsilon, (float) decay, step);
    }
  }

  /** What a member of the family does in a step, counted from 1. */
  @FunctionalInterface
  interface Form {
    AdamWStep at(double learningRate, double weightDecay, long step);
  }

  public AdamW(List<Parameter> parameters, Settings settings) {
    this(parameters, settings, settings::at);
  }

  AdamW(List<Parameter> parameters, Settings settings, Form form) {
    this.parameters = List.copyOf(parameters);
    this.ownGradients = parameters.stream().map(Parameter::gradient).toList();
    this.shapes = ParameterShapes.of(parameters);
    this.form = form;
    this.settings = settings;
    this.firstMoments = shapes.zeros();
    this.secondMoments = shapes.zeros();
  }

  @Override
  public ParameterShapes shapes() {
    return shapes;
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public double step(double learningRate, double clipNorm) {
    return update(ownGradients, learningRate, clipNorm);
  }

  @Override
  public double step(Map<String, Tensor> gradients, double learningRate, double clipNorm) {
    return update(shapes.inOrder(gradients), learningRate, clipNorm);
  }

  private double update(List<Tensor> gradients, double learningRate, double clipNorm) {
    Check.inRange("learning_rate", learningRate, 0, Float.MAX_VALUE);
    double norm = GradientClip.norm(shapes, gradients);
    update(gradients, learningRate, GradientClip.scale(norm, clipNorm));
    return norm;
  }

  /** One update by gradients that were looked at. */
  void update(List<Tensor> gradients, double learningRate, float scale) {
    steps++;
    AdamWStep decaying = form.at(learningRate, settings.weightDecay, steps);
    AdamWStep other = form.at(learningRate, 0, steps);
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Kernels.active()
          .adamW(
              parameter.value().data(),
              gradients.get(i).data(),
              firstMoments.get(i).data(),
              secondMoments.get(i).data(),
              parameter.value().size(),
              parameter.decays() ? decaying : other,
              scale);
    }
  }

  /** The moments and the step count. */
  @Override
  public State state() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(shapes.named("first_moment.", firstMoments));
    tensors.putAll(shapes.named("second_moment.", secondMoments));
    return new State(tensors, Map.of("steps", (double) steps));
  }

  @Override
  public void load(State state) {
    List<Tensor> first = shapes.from(state, "first_moment.");
    List<Tensor> second = shapes.from(state, "second_moment.");
    steps = state.count("steps");
    for (int i = 0; i < parameters.size(); i++) {
      firstMoments.get(i).copyFrom(first.get(i));
      secondMoments.get(i).copyFrom(second.get(i));
    }
  }
}
