package io.tritter.kernel;

import java.lang.foreign.MemorySegment;

/**
 * {@link Kernels#gru}: one product for what the inputs contribute to all gates of all steps, then a
 * product and a pass over the gates a step.
 *
 * <p>{@code gates} holds r, z, n of each step in rows of 3 hidden, then in rows of hidden {@code u
 * = Un h + cn}. The backward pass puts the gradients of their sums in the same places.
 */
final class Gru {
  private static final Workspace STATE = new Workspace();
  private static final Workspace SUMS = new Workspace();
  private static final Workspace MATRIX = new Workspace();

  private Gru() {}

  /** What is done to one sequence in one step, and the sums of the gradients of the biases. */
  interface Cell {
    /**
     * Computes r and z, and the sum under the tanh of n.
     *
     * @param gates at {@code g} the inputs' part of the sums, then r, z and that sum; at {@code u}
     *     receives u
     * @param sums at {@code q} the old state's part of the sums
     */
    void open(
        MemorySegment gates,
        long g,
        long u,
        MemorySegment sums,
        long q,
        MemorySegment bIh,
        MemorySegment bHh,
        int hidden);

    /**
     * Computes n and the new state. Apart from {@link #open} because C2 no longer inlines all
     * vector operations of both in one method.
     *
     * @param gates at {@code g} as {@link #open} left them, then r, z, n
     * @param state at {@code s} the old state, then the new one
     */
    void close(
        MemorySegment gates,
        long g,
        MemorySegment state,
        long s,
        MemorySegment out,
        long o,
        int hidden);

    /**
     * Backward of {@link #open} and {@link #close}.
     *
     * @param gates at {@code g} r, z, n, then the gradients of their sums; at {@code u} u, then its
     *     gradient
     * @param sums at {@code 3 s} receives the gradient of the old state's part of the gates
     * @param previous at {@code o} the old state
     * @param dout at {@code o} the gradient of the new state as an output
     * @param dstate at {@code s} the gradient of the new state from the next step, then that of the
     *     old state without the part that goes through the gates
     */
    void backward(
        MemorySegment gates,
        long g,
        long u,
        MemorySegment sums,
        MemorySegment previous,
        MemorySegment dout,
        long o,
        MemorySegment dstate,
        long s,
        int hidden);

    /** {@code total[i] += sum over the rows of x[r, i]}. */
    void addColumns(MemorySegment x, int rows, int width, MemorySegment total);
  }

  static void run(
      DenseKernels kernels,
      Cell cell,
      MemorySegment x,
      MemorySegment h0,
      MemorySegment wIh,
      MemorySegment wHh,
      MemorySegment bIh,
      MemorySegment bHh,
      MemorySegment out,
      MemorySegment gates,
      int batch,
      int seqLen,
      int inputs,
      int hidden) {
    check(x, h0, wIh, wHh, out, gates, batch, seqLen, inputs, hidden);
    Native.check("bIh", bIh, 3L * hidden);
    Native.check("bHh", bHh, 3L * hidden);
    int rows = Math.multiplyExact(batch, seqLen);
    int width = 3 * hidden;
    MemorySegment state = STATE.memory(bytes(batch, hidden));
    MemorySegment sums = SUMS.memory(bytes(batch, width));
    MemorySegment turned = MATRIX.memory(bytes(width, hidden));
    transpose(wHh, turned, width, hidden);
    MemorySegment.copy(h0, 0, state, 0, bytes(batch, hidden));
    kernels.matmul(x, false, wIh, true, gates, rows, width, inputs, false);
    for (int step = 0; step < seqLen; step++) {
      int t = step;
      kernels.matmul(state, false, turned, false, sums, batch, width, hidden, false);
      Workers.run(
          batch,
          b -> {
            long row = (long) b * seqLen + t;
            long u = ((long) rows * 3 + row) * hidden;
            cell.open(gates, row * width, u, sums, (long) b * width, bIh, bHh, hidden);
          });
      Workers.run(
          batch,
          b -> {
            long row = (long) b * seqLen + t;
            long s = (long) b * hidden;
            cell.close(gates, row * width, state, s, out, row * hidden, hidden);
          });
    }
  }

  static void backward(
      DenseKernels kernels,
      Cell cell,
      MemorySegment x,
      MemorySegment h0,
      MemorySegment wIh,
      MemorySegment wHh,
      MemorySegment out,
      MemorySegment gates,
      MemorySegment dout,
      MemorySegment dx,
      MemorySegment dh0,
      MemorySegment dwIh,
      MemorySegment dwHh,
      MemorySegment dbIh,
      MemorySegment dbHh,
      int batch,
      int seqLen,
      int inputs,
      int hidden) {
    check(x, h0, wIh, wHh, out, gates, batch, seqLen, inputs, hidden);
    int rows = Math.multiplyExact(batch, seqLen);
    int width = 3 * hidden;
    Native.check("dout", dout, (long) rows * hidden);
    Native.check("dx", dx, (long) rows * inputs);
    Native.check("dh0", dh0, (long) batch * hidden);
    Native.check("dwIh", dwIh, (long) width * inputs);
    Native.check("dwHh", dwHh, (long) width * hidden);
    Native.check("dbIh", dbIh, width);
    Native.check("dbHh", dbHh, width);
    MemorySegment sums = SUMS.memory(bytes(batch, width));
    MemorySegment previous = MATRIX.memory(bytes(rows, hidden));
    previousStates(h0, out, previous, batch, seqLen, hidden);
    dh0.asSlice(0, bytes(batch, hidden)).fill((byte) 0);
    for (int step = seqLen - 1; step >= 0; step--) {
      int t = step;
      Workers.run(
          batch,
          b -> {
            long row = (long) b * seqLen + t;
            long u = ((long) rows * 3 + row) * hidden;
            long s = (long) b * hidden;
            cell.backward(
                gates, row * width, u, sums, previous, dout, row * hidden, dh0, s, hidden);
          });
      kernels.matmul(sums, false, wHh, false, dh0, batch, hidden, width, true);
    }
    kernels.matmul(gates, false, wIh, false, dx, rows, inputs, width, false);
    kernels.matmul(gates, true, x, false, dwIh, width, inputs, rows, true);
    cell.addColumns(gates, rows, width, dbIh);
    for (long row = 0; row < rows; row++) { // the state's part of n is u, not n
      long u = bytes(rows, width) + row * bytes(1, hidden);
      MemorySegment.copy(
          gates, u, gates, row * bytes(1, width) + bytes(2, hidden), bytes(1, hidden));
    }
    kernels.matmul(gates, true, previous, false, dwHh, width, hidden, rows, true);
    cell.addColumns(gates, rows, width, dbHh);
  }

  private static void check(
      MemorySegment x,
      MemorySegment h0,
      MemorySegment wIh,
      MemorySegment wHh,
      MemorySegment out,
      MemorySegment gates,
      int batch,
      int seqLen,
      int inputs,
      int hidden) {
    long rows = (long) batch * seqLen;
    Native.check("x", x, rows * inputs);
    Native.check("h0", h0, (long) batch * hidden);
    Native.check("wIh", wIh, 3L * hidden * inputs);
    Native.check("wHh", wHh, 3L * hidden * hidden);
    Native.check("out", out, rows * hidden);
    Native.check("gates", gates, 4 * rows * hidden);
  }

  private static long bytes(int rows, int cols) {
    return (long) rows * cols * Float.BYTES;
  }

  private static void transpose(MemorySegment a, MemorySegment out, int rows, int cols) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        Native.set(out, (long) c * rows + r, Native.get(a, (long) r * cols + c));
      }
    }
  }

  /** The state before each step: {@code h0}, then what {@code out} has for the step before. */
  private static void previousStates(
      MemorySegment h0,
      MemorySegment out,
      MemorySegment previous,
      int batch,
      int seqLen,
      int hidden) {
    long row = bytes(1, hidden);
    for (int b = 0; b < batch && seqLen > 0; b++) {
      long at = b * row * seqLen;
      MemorySegment.copy(h0, b * row, previous, at, row);
      MemorySegment.copy(out, at, previous, at + row, row * (seqLen - 1));
    }
  }
}
