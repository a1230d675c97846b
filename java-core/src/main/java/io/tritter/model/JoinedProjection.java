package io.tritter.model;

import io.tritter.nn.Linear;
import io.tritter.nn.SharedInput;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.UnaryOperator;

/** One matrix, whose outputs are the query, then the key, then the value of a position. */
record JoinedProjection(Linear all) implements Projections {
  @Override
  public void forward(SharedInput x, Tensor q, Tensor k, Tensor v, Tensor joined) {
    all.forward(x, joined);
    copy(joined, q, k, v, true);
  }

  @Override
  public void backward(SharedInput x, Tensor dq, Tensor dk, Tensor dv, Tensor dx, Tensor joined) {
    copy(joined, dq, dk, dv, false);
    all.backward(x, joined, dx, false);
  }

  /** Between the rows of the joined tensor and those of its parts. */
  private static void copy(Tensor joined, Tensor q, Tensor k, Tensor v, boolean apart) {
    long query = (long) q.dim(1) * Float.BYTES;
    long kv = (long) k.dim(1) * Float.BYTES;
    long at = 0;
    for (int row = 0; row < joined.dim(0); row++) {
      copy(joined, at, q, row * query, query, apart);
      copy(joined, at + query, k, row * kv, kv, apart);
      copy(joined, at + query + kv, v, row * kv, kv, apart);
      at += query + 2 * kv;
    }
  }

  private static void copy(
      Tensor joined, long at, Tensor part, long partAt, long bytes, boolean apart) {
    if (apart) {
      MemorySegment.copy(joined.data(), at, part.data(), partAt, bytes);
    } else {
      MemorySegment.copy(part.data(), partAt, joined.data(), at, bytes);
    }
  }

  @Override
  public List<Linear> linears() {
    return List.of(all);
  }

  @Override
  public Projections map(UnaryOperator<Linear> change) {
    return new JoinedProjection(change.apply(all));
  }
}
