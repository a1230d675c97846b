package io.tritter.adapter;

import io.tritter.tensor.Tensor;
import java.util.EnumMap;
import java.util.Map;

/**
 * Working memory of a thread that all adapters share: grown when needed, kept, and left with
 * whatever the last use wrote. Uses of one place may not overlap in time.
 */
final class Scratch {
  /** What a piece of memory is for. */
  enum Place {
    INPUT,
    INPUT_GRADIENT,
    PRODUCT,
    OUTPUT_GRADIENT,
    RANK,
    RANK_GRADIENT,
    ROWS,
    ROWS_GRADIENT,
    DROPPED,
    DROPPED_GRADIENT
  }

  private static final ThreadLocal<Map<Place, Tensor>> OF_THREAD =
      ThreadLocal.withInitial(() -> new EnumMap<>(Place.class));

  private Scratch() {}

  /** A matrix in the memory of a place, with any content. */
  static Tensor matrix(Place place, int rows, int cols) {
    int size = Math.multiplyExact(rows, cols);
    Tensor held = OF_THREAD.get().get(place);
    if (held == null || held.size() < size) {
      held = Tensor.zeros(size);
      OF_THREAD.get().put(place, held);
    }
    return held.rows(0, size).reshape(rows, cols);
  }
}
