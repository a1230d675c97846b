package io.tritter.optim;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Muon (Jordan et al., 2024) for the matrices of layers: the momentum of the gradient, looked ahead
 * as Nesterov does, made orthogonal by {@link NewtonSchulz}. Embeddings, the head, norms and biases
 * go by {@link AdamW}.
 *
 * <p>A matrix moves by {@code 0.2 sqrt(max(rows, cols))} times the orthogonal one, so that its
 * elements move by about as much as under AdamW with the same learning rate (Liu et al., 2025;
 * {@code match_rms_adamw} of {@code torch.optim.Muon}).
 *
 * <p>Holds 1 float an element of a matrix, 2 of the others, and twice the largest matrix.
 */
public final class Muon implements Optimizer {
  private static final double ADAMW_RMS = 0.2;

  /** Names in Hugging Face checkpoints of matrices whose rows are tokens or positions. */
  private static final List<String> TABLES =
      List.of("embed_tokens.weight", "lm_head.weight", "wte.weight", "wpe.weight");

  private final List<Parameter> parameters;
  private final List<Tensor> ownGradients;
  private final ParameterShapes shapes;
  private final Settings settings;

  /** Of each parameter; null where AdamW updates it. */
  private final List<@Nullable Tensor> momentums = new ArrayList<>();

  private final NewtonSchulz orthogonal;
  private final @Nullable AdamW others;
  private long steps;

  /**
   * Constants of an optimizer; the learning rate is an argument of each step.
   *
   * @param momentum at least 0, below 1
   * @param iterations of Newton and Schulz, at least 1
   * @param others constants of AdamW; its weight decay is that of the matrices too
   */
  public record Settings(double momentum, int iterations, AdamW.Settings others)
      implements OptimizerSettings {
    public static final Settings DEFAULT = new Settings(0.95, 5, AdamW.Settings.DEFAULT);

    public Settings {
      Check.inRange("momentum", momentum, 0, Math.nextDown(1f));
      Check.atLeast("iterations", iterations, 1);
    }

    @Override
    public Optimizer create(List<Parameter> parameters) {
      return new Muon(parameters, this);
    }
  }

  public Muon(List<Parameter> parameters, Settings settings) {
    this.parameters = List.copyOf(parameters);
    this.ownGradients = parameters.stream().map(Parameter::gradient).toList();
    this.shapes = ParameterShapes.of(parameters);
    this.settings = settings;
    List<Parameter> rest = new ArrayList<>();
    long elements = 0;
    int side = 0;
    for (Parameter p : parameters) {
      Tensor value = p.value();
      if (isMatrix(p)) {
        momentums.add(Tensor.zeros(value.shape()));
        elements = Math.max(elements, value.size());
        side = Math.max(side, Math.min(value.dim(0), value.dim(1)));
      } else {
        momentums.add(null);
        rest.add(p);
      }
    }
    orthogonal = new NewtonSchulz(settings.iterations, elements, side);
    others = rest.isEmpty() ? null : new AdamW(rest, settings.others);
  }

  private static boolean isMatrix(Parameter p) {
    return p.value().rank() == 2 && TABLES.stream().noneMatch(p.name()::endsWith);
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
    List<Tensor> rest = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor momentum = momentums.get(i);
      if (momentum == null) {
        rest.add(gradients.get(i));
      } else {
        move(parameters.get(i).value(), gradients.get(i), momentum, learningRate, scale);
      }
    }
    if (others != null) {
      others.update(rest, learningRate, scale);
    }
    return norm;
  }

  private void move(
      Tensor value, Tensor gradient, Tensor momentum, double learningRate, float scale) {
    int rows = value.dim(0);
    int cols = value.dim(1);
    float kept = (float) settings.momentum;
    float fresh = (float) (1 - settings.momentum) * scale;
    momentum.axpby(fresh, gradient, kept);
    Tensor ahead = orthogonal.input(rows, cols);
    ahead.axpby(kept, momentum, 0);
    ahead.axpby(fresh, gradient, 1);
    Tensor direction = orthogonal.run(rows, cols);
    double length = learningRate * ADAMW_RMS * Math.sqrt(Math.max(rows, cols));
    double decay = learningRate * settings.others.weightDecay();
    value.axpby((float) -length, direction, (float) (1 - decay));
  }

  /** The momentums and the step count, and the state of AdamW. */
  @Override
  public State state() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < momentums.size(); i++) {
      Tensor momentum = momentums.get(i);
      if (momentum != null) {
        tensors.put("momentum." + shapes.name(i), momentum);
      }
    }
    State state = new State(tensors, Map.of("steps", (double) steps));
    return others == null ? state : state.plus(others.state().within("adamw."));
  }

  @Override
  public void load(State state) {
    long taken = state.count("steps");
    List<@Nullable Tensor> saved = new ArrayList<>();
    for (int i = 0; i < momentums.size(); i++) {
      saved.add(
          momentums.get(i) == null
              ? null
              : state.tensor("momentum." + shapes.name(i), shapes.shape(i)));
    }
    if (others != null) {
      others.load(state.part("adamw."));
    }
    steps = taken;
    for (int i = 0; i < momentums.size(); i++) {
      Tensor momentum = momentums.get(i);
      Tensor from = saved.get(i);
      if (momentum != null && from != null) {
        momentum.copyFrom(from);
      }
    }
  }
}
