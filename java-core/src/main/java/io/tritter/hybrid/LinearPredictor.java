package io.tritter.hybrid;

import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Extrapolates each element of the gradient along a line: {@code g(t) = b + v t}, fitted to past
 * full gradients with weights {@code decay^age}, plus {@code decay^k r} at the k-th step after the
 * latest of them.
 *
 * <p>The residual r averages what the line missed at CORRECT steps: {@code r = decay r + (1 -
 * decay) (actual - line)}. It and the prediction take 2 floats a parameter, the fit the rest:
 *
 * <table>
 * <caption>Memory</caption>
 * <tr><td>{@link #runningSums}</td><td>4 floats a parameter</td></tr>
 * <tr><td>{@link #window}</td><td>n + 2 floats a parameter</td></tr>
 * </table>
 */
public final class LinearPredictor implements Predictor {
  /** Weight of a gradient relative to the next one. */
  public static final double DEFAULT_DECAY = 0.95;

  private final ParameterShapes parameters;
  private final double decay;
  private final LineFit fit;
  private final List<Tensor> residual;
  private final List<Tensor> output;

  private LinearPredictor(ParameterShapes parameters, double decay, LineFit fit) {
    this.parameters = parameters;
    this.decay = decay;
    this.fit = fit;
    this.residual = parameters.zeros();
    this.output = parameters.zeros();
  }

  /** A fit over all past gradients from exponentially weighted sums. */
  public static LinearPredictor runningSums(ParameterShapes parameters) {
    return runningSums(parameters, DEFAULT_DECAY);
  }

  /**
   * A fit over all past gradients from exponentially weighted sums.
   *
   * @param decay 0.01 to 0.9999
   */
  public static LinearPredictor runningSums(ParameterShapes parameters, double decay) {
    return new LinearPredictor(parameters, decay, new RunningSums(parameters, decay));
  }

  /**
   * A fit over the last {@code length} gradients.
   *
   * @param length at least 2
   * @param decay 0.01 to 1
   */
  public static LinearPredictor window(ParameterShapes parameters, int length, double decay) {
    return new LinearPredictor(parameters, decay, new GradientWindow(parameters, length, decay));
  }

  @Override
  public ParameterShapes parameters() {
    return parameters;
  }

  @Override
  public void observe(long step, List<Tensor> gradients) {
    fit.add(step, gradients);
  }

  @Override
  public double correct(long step, List<Tensor> gradients) {
    requireFit();
    fit.valueAt(step, output);
    double sum = 0;
    for (int i = 0; i < output.size(); i++) {
      Tensor error = output.get(i);
      error.axpby(1, gradients.get(i), -1);
      residual.get(i).axpby((float) (1 - decay), error, (float) decay);
      sum += sumOfMagnitudes(error);
    }
    fit.add(step, gradients);
    return sum / parameters.elements();
  }

  @Override
  public List<Tensor> predict(long step) {
    requireFit();
    fit.valueAt(step, output);
    float weight = (float) Math.pow(decay, (double) (step - fit.latest() - 1));
    for (int i = 0; i < output.size(); i++) {
      output.get(i).axpby(weight, residual.get(i), 1);
    }
    return output;
  }

  private void requireFit() {
    if (fit.latest() < 0) {
      throw new IllegalStateException("no gradient has been observed yet");
    }
  }

  /** Not worth a kernel: once a correction, beside a backward pass of the same tensor. */
  private static double sumOfMagnitudes(Tensor x) {
    double sum = 0;
    for (long i = 0; i < x.size(); i++) {
      sum += Math.abs(x.get(i));
    }
    return sum;
  }

  /** Number of float32 numbers held: with a window it grows until the window is full. */
  public long floats() {
    return 2 * parameters.elements() + fit.floats();
  }

  @Override
  public void reset() {
    fit.reset();
    residual.forEach(Tensor::clear);
  }

  @Override
  public State state() {
    return fit.state().plus(new State(parameters.named("residual.", residual), Map.of()));
  }

  @Override
  public void load(State state) {
    List<Tensor> newResidual = parameters.from(state, "residual.");
    fit.load(state);
    for (int i = 0; i < residual.size(); i++) {
      residual.get(i).copyFrom(newResidual.get(i));
    }
  }
}
