package io.tritter.hybrid;

import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;

/** The last 100 losses, and the means of the first and the last ten of them. */
final class RecentLosses {
  private static final String NAME = "losses";
  private static final int KEPT = 100;
  private static final int MEAN_OF = 10;

  private final ArrayDeque<Float> losses = new ArrayDeque<>(KEPT);

  void add(float loss) {
    if (losses.size() == KEPT) {
      losses.removeFirst();
    }
    losses.addLast(loss);
  }

  /** The last loss, 0 before the first. */
  float last() {
    Float last = losses.peekLast();
    return last == null ? 0 : last;
  }

  /** Whether the first ten and the last ten are different losses. */
  boolean enough() {
    return losses.size() >= 2 * MEAN_OF;
  }

  double early() {
    return mean(losses.iterator());
  }

  double late() {
    return mean(losses.descendingIterator());
  }

  /** The mean of the last {@code count}, or of all if they are fewer; there is at least one. */
  double last(int count) {
    return mean(losses.descendingIterator(), Math.min(count, losses.size()));
  }

  private static double mean(Iterator<Float> from) {
    return mean(from, MEAN_OF);
  }

  private static double mean(Iterator<Float> from, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += from.next();
    }
    return sum / count;
  }

  /** The losses, under names that other states leave to them. */
  State state() {
    float[] array = new float[losses.size()];
    int i = 0;
    for (float loss : losses) {
      array[i++] = loss;
    }
    Map<String, Double> count = Map.of(NAME, (double) i);
    return new State(i == 0 ? Map.of() : Map.of(NAME, Tensor.of(array, i)), count);
  }

  /** Goes on from a saved state; one that does not fit is refused, and nothing has changed then. */
  void load(State state) {
    int count = (int) state.count(NAME, 0, KEPT);
    float[] saved = count == 0 ? new float[0] : state.tensor(NAME, count).toArray();
    losses.clear();
    for (float loss : saved) {
      losses.addLast(loss);
    }
  }
}
