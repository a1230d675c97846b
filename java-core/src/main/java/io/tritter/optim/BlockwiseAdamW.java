package io.tritter.optim;

import io.tritter.kernel.AdamWStep;
import io.tritter.kernel.Kernels;
import io.tritter.kernel.Workers;
import io.tritter.nn.Parameter;
import io.tritter.quant.DynamicBlocks;
import io.tritter.tensor.Check;
import io.tritter.tensor.Scratch;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The optimizer of {@link AdamW8bit}; a piece of a tensor at a time has its moments in float32. */
final class BlockwiseAdamW implements Optimizer {
  /** Tensors of fewer elements keep float32: their state is small, and norms are among them. */
  static final int SMALLEST = 4096;

  private static final String FIRST = "first_moment.";
  private static final String SECOND = "second_moment.";
  private static final String STEPS = "steps";

  private final List<Tensor> ownGradients;
  private final ParameterShapes shapes;
  private final AdamW.Settings settings;
  private final List<Learning> parameters = new ArrayList<>();
  private long steps;

  BlockwiseAdamW(List<Parameter> parameters, AdamW.Settings settings) {
    this.ownGradients = parameters.stream().map(Parameter::gradient).toList();
    this.shapes = ParameterShapes.of(parameters);
    this.settings = settings;
    for (Parameter p : parameters) {
      long size = p.value().size();
      this.parameters.add(size < SMALLEST ? new Plain(p) : new Packed(p));
    }
  }

  /** A parameter and its moments. */
  private sealed interface Learning {
    Parameter parameter();

    void update(Tensor gradient, AdamWStep step, float scale);

    /** The moments, live. */
    Map<String, Tensor> state();
  }

  private record Plain(Parameter parameter, Tensor first, Tensor second) implements Learning {
    Plain(Parameter p) {
      this(p, Tensor.zeros(p.value().shape()), Tensor.zeros(p.value().shape()));
    }

    @Override
    public void update(Tensor gradient, AdamWStep step, float scale) {
      adamW(parameter.value(), gradient, first, second, step, scale);
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of(FIRST + parameter.name(), first, SECOND + parameter.name(), second);
    }
  }

  private record Packed(Parameter parameter, DynamicBlocks first, DynamicBlocks second)
      implements Learning {
    /** Elements of a task, whole blocks. */
    private static final int PIECE = 1 << 14;

    /** Moments of a piece. */
    private static final Scratch MOMENTS = new Scratch();

    Packed(Parameter p) {
      this(
          p, new DynamicBlocks(p.value().size(), true), new DynamicBlocks(p.value().size(), false));
    }

    @Override
    public void update(Tensor gradient, AdamWStep step, float scale) {
      int size = Math.toIntExact(parameter.value().size());
      Tensor values = parameter.value().reshape(size);
      Tensor slopes = gradient.reshape(size);
      Workers.run(
          Math.ceilDiv(size, PIECE),
          i -> {
            int from = i * PIECE;
            int to = Math.min(size, from + PIECE);
            Tensor both = MOMENTS.of(2L * (to - from));
            Tensor m = both.rows(0, to - from);
            Tensor v = both.rows(to - from, 2 * (to - from));
            first.decode(from, m);
            second.decode(from, v);
            adamW(values.rows(from, to), slopes.rows(from, to), m, v, step, scale);
            first.encode(from, m);
            second.encode(from, v);
          });
    }

    @Override
    public Map<String, Tensor> state() {
      String name = parameter.name();
      Map<String, Tensor> all = new LinkedHashMap<>();
      all.put(FIRST + name + ".codes", first.codes());
      all.put(FIRST + name + ".absmax", first.absmax());
      all.put(SECOND + name + ".codes", second.codes());
      all.put(SECOND + name + ".absmax", second.absmax());
      return all;
    }
  }

  private static void adamW(
      Tensor values, Tensor gradient, Tensor first, Tensor second, AdamWStep step, float scale) {
    Kernels.active()
        .adamW(
            values.data(),
            gradient.data(),
            first.data(),
            second.data(),
            values.size(),
            step,
            scale);
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
    float scale = GradientClip.scale(norm, clipNorm);
    steps++;
    AdamWStep decaying = settings.at(learningRate, settings.weightDecay(), steps);
    AdamWStep other = settings.at(learningRate, 0, steps);
    for (int i = 0; i < gradients.size(); i++) {
      Learning learning = parameters.get(i);
      AdamWStep step = learning.parameter().decays() ? decaying : other;
      learning.update(gradients.get(i), step, scale);
    }
    return norm;
  }

  /**
   * The moments and the step count; codes are bytes, four in the place of each float32 of a tensor.
   */
  @Override
  public State state() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    parameters.forEach(p -> tensors.putAll(p.state()));
    return new State(tensors, Map.of(STEPS, (double) steps));
  }

  @Override
  public void load(State state) {
    Map<String, Tensor> own = state().tensors();
    own.forEach((name, tensor) -> state.tensor(name, tensor.shape()));
    steps = state.count(STEPS);
    own.forEach((name, tensor) -> tensor.copyFrom(state.tensor(name, tensor.shape())));
  }
}
