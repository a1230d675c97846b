package io.tritter.optim;

import io.tritter.kernel.Kernels;
import io.tritter.nn.Parameter;
import io.tritter.tensor.NativeMemory;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Mixed precision: an optimizer updates weights in float32, a model computes with the same rounded
 * to bfloat16 (Micikevicius et al., 2018). Small updates add up in the former, which rounding alone
 * would lose.
 *
 * <p>The rounded weights stay in memory of float32, where layers expect them.
 */
public final class MasterWeights {
  private final List<Parameter> rounded;
  private final List<Parameter> masters = new ArrayList<>();
  private final ParameterShapes shapes;
  private final MemorySegment scratch;

  /** Takes the weights as they are for the masters, and rounds those of the model. */
  public MasterWeights(List<Parameter> model) {
    rounded = List.copyOf(model);
    shapes = ParameterShapes.of(model);
    long most = 0;
    for (Parameter p : model) {
      masters.add(p.withValue(p.value().copy()));
      most = Math.max(most, p.value().size());
    }
    scratch = NativeMemory.allocate(most * Short.BYTES);
    round();
  }

  /** What the optimizer updates: the masters, with the gradients of the model. */
  public List<Parameter> parameters() {
    return masters;
  }

  /** Gives the model the masters, rounded to the nearest bfloat16, ties to even. */
  public void round() {
    for (int i = 0; i < masters.size(); i++) {
      Tensor master = masters.get(i).value();
      Kernels.active().toBfloat16(master.data(), scratch, master.size());
      Kernels.active().fromBfloat16(scratch, rounded.get(i).value().data(), master.size());
    }
  }

  /** The masters; the tensors are live. */
  public State state() {
    return new State(shapes.named(masters.stream().map(Parameter::value).toList()), Map.of());
  }

  /**
   * Goes on from a saved state.
   *
   * @throws IllegalArgumentException for a state that does not fit; nothing has changed then
   */
  public void load(State state) {
    List<Tensor> saved = shapes.from(state, "");
    for (int i = 0; i < saved.size(); i++) {
      masters.get(i).value().copyFrom(saved.get(i));
    }
    round();
  }
}
