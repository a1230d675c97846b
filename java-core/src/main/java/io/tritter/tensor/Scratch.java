package io.tritter.tensor;

/**
 * Working memory of each thread for one purpose: grown when needed, kept, and left with whatever
 * the last use wrote. Uses of one purpose may not overlap in time.
 */
public final class Scratch {
  private final ThreadLocal<Tensor> held = ThreadLocal.withInitial(() -> Tensor.zeros(0));

  /** A tensor in this memory, with any content. */
  public Tensor of(int... shape) {
    long size = 1;
    for (int n : shape) {
      size *= n;
    }
    return of(size).reshape(shape);
  }

  /** So many numbers of any content. */
  public Tensor of(long size) {
    int count = Math.toIntExact(size);
    Tensor tensor = held.get();
    if (tensor.size() < count) {
      tensor = Tensor.zeros(count);
      held.set(tensor);
    }
    return tensor.rows(0, count);
  }
}
