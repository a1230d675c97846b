package io.tritter.hybrid;

import io.tritter.kernel.Kernels;
import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.optim.Optimizer;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A recurrent network with an ensemble of linear heads: {@code h = GRU(x)}, {@code y = A h + B x +
 * c}, where each head is some rows of A, B and c. It is trained by backpropagation through the
 * steps of a window, from the state before it.
 */
final class ForecasterNetwork {
  private static final AdamW.Settings ADAMW = new AdamW.Settings(0.9, 0.99, 1e-8, 0.01);
  private static final double CLIP_NORM = 1;

  private final int inputs;
  private final int hidden;
  private final int outputs;
  private final Parameter wIh;
  private final Parameter wHh;
  private final Parameter bIh;
  private final Parameter bHh;
  private final Parameter fromState;
  private final Parameter fromInput;
  private final Parameter bias;
  private final Optimizer optimizer;
  private final Tensor states;
  private final Tensor gates;
  private final Tensor result;
  private final Tensor nextState;
  private final Tensor nextGates;
  private final Tensor nextResult;
  private final Tensor dstates;
  private final Tensor dinput;
  private final Tensor dstart;

  /**
   * Random weights; heads begin apart, and stay so where they have seen nothing.
   *
   * @param outputs of all heads together
   * @param steps of the longest window
   */
  ForecasterNetwork(int inputs, int hidden, int outputs, int steps, long seed) {
    this.inputs = inputs;
    this.hidden = hidden;
    this.outputs = outputs;
    SplittableRandom random = new SplittableRandom(seed);
    double spread = 1 / Math.sqrt(hidden);
    wIh = random("w_ih", random, spread, 3 * hidden, inputs);
    wHh = random("w_hh", random, spread, 3 * hidden, hidden);
    bIh = random("b_ih", random, spread, 3 * hidden);
    bHh = random("b_hh", random, spread, 3 * hidden);
    fromState = random("heads.state", random, spread, outputs, hidden);
    fromInput = random("heads.input", random, 1 / Math.sqrt(inputs), outputs, inputs);
    bias = Parameter.of("heads.bias", Tensor.zeros(outputs));
    optimizer = ADAMW.create(parameters());
    states = Tensor.zeros(steps, hidden);
    gates = Tensor.zeros(steps, 4 * hidden);
    result = Tensor.zeros(steps, outputs);
    nextState = Tensor.zeros(1, hidden);
    nextGates = Tensor.zeros(1, 4 * hidden);
    nextResult = Tensor.zeros(1, outputs);
    dstates = Tensor.zeros(steps, hidden);
    dinput = Tensor.zeros(steps, inputs);
    dstart = Tensor.zeros(hidden);
  }

  private static Parameter random(
      String name, SplittableRandom random, double spread, int... shape) {
    Tensor value = Tensor.zeros(shape);
    for (long i = 0; i < value.size(); i++) {
      value.set(i, (float) random.nextDouble(-spread, spread));
    }
    return Parameter.of(name, value);
  }

  List<Parameter> parameters() {
    return List.of(wIh, wHh, bIh, bHh, fromState, fromInput, bias);
  }

  /**
   * The outputs of each step, [steps, outputs]; the next call overwrites them.
   *
   * @param x [steps, inputs]
   * @param start [hidden], the state before the first step
   */
  Tensor forward(Tensor x, Tensor start) {
    run(x, x.dim(0), start, states, gates, result);
    return result.rows(0, x.dim(0));
  }

  /**
   * The outputs of one more step, [outputs]; the next call overwrites them, and those of {@link
   * #forward} stay.
   *
   * @param x [inputs]
   * @param before [hidden], the state before it
   */
  Tensor step(Tensor x, Tensor before) {
    run(x, 1, before, nextState, nextGates, nextResult);
    return nextResult.reshape(outputs);
  }

  private void run(
      Tensor x, int steps, Tensor start, Tensor statesOut, Tensor gatesOut, Tensor out) {
    Kernels kernels = Kernels.active();
    kernels.gru(
        x.data(),
        start.data(),
        wIh.value().data(),
        wHh.value().data(),
        bIh.value().data(),
        bHh.value().data(),
        statesOut.data(),
        gatesOut.data(),
        1,
        steps,
        inputs,
        hidden);
    for (int t = 0; t < steps; t++) {
      out.rows(t, t + 1).copyFrom(bias.value());
    }
    Tensor heads = fromState.value();
    kernels.matmul(
        statesOut.data(), false, heads.data(), true, out.data(), steps, outputs, hidden, true);
    heads = fromInput.value();
    kernels.matmul(x.data(), false, heads.data(), true, out.data(), steps, outputs, inputs, true);
  }

  /** The state after a step of the last {@link #forward}, [hidden]; live. */
  Tensor state(int step) {
    return states.rows(step, step + 1).reshape(hidden);
  }

  /**
   * Gradients of all parameters, after {@link #forward} of the same arguments.
   *
   * @param dresult [steps, outputs], gradient of the outputs
   */
  void backward(Tensor x, Tensor start, Tensor dresult) {
    int steps = x.dim(0);
    parameters().forEach(Parameter::clearGradient);
    Kernels kernels = Kernels.active();
    Tensor out = fromState.gradient();
    kernels.matmul(
        dresult.data(), true, states.data(), false, out.data(), outputs, hidden, steps, true);
    out = fromInput.gradient();
    kernels.matmul(dresult.data(), true, x.data(), false, out.data(), outputs, inputs, steps, true);
    for (int t = 0; t < steps; t++) {
      bias.gradient().axpby(1, dresult.rows(t, t + 1), 1);
    }
    Tensor heads = fromState.value();
    kernels.matmul(
        dresult.data(), false, heads.data(), false, dstates.data(), steps, hidden, outputs, false);
    kernels.gruBackward(
        x.data(),
        start.data(),
        wIh.value().data(),
        wHh.value().data(),
        states.data(),
        gates.data(),
        dstates.data(),
        dinput.data(),
        dstart.data(),
        wIh.gradient().data(),
        wHh.gradient().data(),
        bIh.gradient().data(),
        bHh.gradient().data(),
        1,
        steps,
        inputs,
        hidden);
  }

  /** An update by the gradients of {@link #backward}. */
  void update(double learningRate) {
    optimizer.step(learningRate, CLIP_NORM);
  }

  /** Weights and moments; live. */
  State state() {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    parameters().forEach(p -> weights.put("weight." + p.name(), p.value()));
    return new State(weights, Map.of()).plus(optimizer.state().within("optimizer."));
  }

  /** Goes on from a saved state; one that does not fit is refused, and nothing has changed then. */
  void load(State state) {
    for (Parameter p : parameters()) {
      state.tensor("weight." + p.name(), p.value().shape());
    }
    optimizer.load(state.part("optimizer."));
    for (Parameter p : parameters()) {
      p.value().copyFrom(state.tensor("weight." + p.name(), p.value().shape()));
    }
  }
}
