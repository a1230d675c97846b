package io.tritter.bridge;

import io.tritter.hybrid.Effort;
import io.tritter.hybrid.Trainable;
import io.tritter.nn.Parameter;
import io.tritter.optim.ParameterShapes;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model that Python runs: it passes loss and gradients in, and takes a change of its weights out.
 *
 * <p>The weights are kept here a second time. What changes them is cut to {@code w + (w' - w)} in
 * float32, which is what Python computes when it adds the change.
 */
final class PassedGradients implements Trainable<PassedGradients.Result> {
  private final List<Parameter> parameters;
  private final ParameterShapes shapes;
  private final Set<String> embeddings;

  /** The weights as Python has them once it has added the changes. */
  private final List<Tensor> known;

  private final List<Tensor> changes;

  /** What a forward and backward pass in Python gave. */
  record Result(double loss, List<Tensor> gradients) {}

  PassedGradients(Map<String, Tensor> weights, Set<String> embeddings) {
    parameters = new ArrayList<>();
    weights.forEach((name, value) -> parameters.add(Parameter.of(name, value.copy())));
    shapes = ParameterShapes.of(parameters);
    this.embeddings = Set.copyOf(embeddings);
    known = parameters.stream().map(p -> p.value().copy()).toList();
    changes = shapes.zeros();
  }

  ParameterShapes shapes() {
    return shapes;
  }

  /** By how much Python's weights have to change. */
  List<Tensor> changes() {
    return changes;
  }

  /** Python has changed its weights, or put back older ones, which are those of here. */
  void known() {
    for (int i = 0; i < known.size(); i++) {
      known.get(i).copyFrom(parameters.get(i).value());
      changes.get(i).clear();
    }
  }

  @Override
  public List<Parameter> parameters() {
    return parameters;
  }

  @Override
  public Set<String> embeddings() {
    return embeddings;
  }

  @Override
  public double forwardBackward(Result batch, Effort effort) {
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).gradient().copyFrom(batch.gradients().get(i));
    }
    return batch.loss();
  }

  @Override
  public double loss(Result batch) {
    return batch.loss();
  }

  @Override
  public void weightsChanged() {
    for (int i = 0; i < known.size(); i++) {
      Tensor value = parameters.get(i).value();
      Tensor change = changes.get(i);
      change.copyFrom(value);
      change.axpby(-1, known.get(i), 1);
      value.copyFrom(known.get(i));
      value.axpby(1, change, 1);
    }
  }
}
