package io.tritter.model;

import io.tritter.nn.Linear;
import io.tritter.nn.SharedInput;
import io.tritter.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** A matrix for each of queries, keys and values. */
record SeparateProjections(Linear query, Linear key, Linear value) implements Projections {
  @Override
  public void forward(SharedInput x, Tensor q, Tensor k, Tensor v, Tensor joined) {
    query.forward(x, q);
    key.forward(x, k);
    value.forward(x, v);
  }

  @Override
  public void backward(SharedInput x, Tensor dq, Tensor dk, Tensor dv, Tensor dx, Tensor joined) {
    query.backward(x, dq, dx, false);
    key.backward(x, dk, dx, true);
    value.backward(x, dv, dx, true);
  }

  @Override
  public List<Linear> linears() {
    return List.of(query, key, value);
  }

  @Override
  public Projections map(UnaryOperator<Linear> change) {
    return new SeparateProjections(change.apply(query), change.apply(key), change.apply(value));
  }
}
