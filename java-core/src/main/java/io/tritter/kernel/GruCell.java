package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One step of a gated recurrent unit: {@code r, z = sigmoid(a + b)}, {@code n = tanh(a + r u)},
 * {@code h' = n + z (h - n)}, with a and b the inputs' and the state's part of the sums.
 */
final class GruCell implements Gru.Cell {
  @Override
  public void open(
      MemorySegment gates,
      long g,
      long u,
      MemorySegment sums,
      long q,
      MemorySegment bIh,
      MemorySegment bHh,
      int hidden) {
    sigmoids(gates, g, sums, q, bIh, bHh, 0, 2 * hidden);
    candidate(gates, g, u, sums, q, bIh, bHh, 0, hidden);
  }

  private static void sigmoids(
      MemorySegment gates,
      long g,
      MemorySegment sums,
      long q,
      MemorySegment bIh,
      MemorySegment bHh,
      int from,
      int to) {
    for (int i = from; i < to; i++) {
      float a = Native.get(gates, g + i) + Native.get(bIh, i);
      float b = Native.get(sums, q + i) + Native.get(bHh, i);
      Native.set(gates, g + i, Sigmoid.of(a + b));
    }
  }

  private static void candidate(
      MemorySegment gates,
      long g,
      long u,
      MemorySegment sums,
      long q,
      MemorySegment bIh,
      MemorySegment bHh,
      int from,
      int hidden) {
    for (int i = from; i < hidden; i++) {
      int at = 2 * hidden + i;
      float un = Native.get(sums, q + at) + Native.get(bHh, at);
      float a = Native.get(gates, g + at) + Native.get(bIh, at);
      Native.set(gates, u + i, un);
      Native.set(gates, g + at, a + Native.get(gates, g + i) * un);
    }
  }

  @Override
  public void close(
      MemorySegment gates,
      long g,
      MemorySegment state,
      long s,
      MemorySegment out,
      long o,
      int hidden) {
    close(gates, g, state, s, out, o, 0, hidden);
  }

  private static void close(
      MemorySegment gates,
      long g,
      MemorySegment state,
      long s,
      MemorySegment out,
      long o,
      int from,
      int hidden) {
    for (int i = from; i < hidden; i++) {
      float z = Native.get(gates, g + hidden + i);
      float n = (float) Math.tanh(Native.get(gates, g + 2L * hidden + i));
      float h = n + z * (Native.get(state, s + i) - n);
      Native.set(gates, g + 2L * hidden + i, n);
      Native.set(state, s + i, h);
      Native.set(out, o + i, h);
    }
  }

  @Override
  public void backward(
      MemorySegment gates,
      long g,
      long u,
      MemorySegment sums,
      MemorySegment previous,
      MemorySegment dout,
      long o,
      MemorySegment dstate,
      long s,
      int hidden) {
    stepBackward(gates, g, u, sums, 3 * s, previous, dout, o, dstate, s, 0, hidden);
  }

  private static void stepBackward(
      MemorySegment gates,
      long g,
      long u,
      MemorySegment sums,
      long q,
      MemorySegment previous,
      MemorySegment dout,
      long o,
      MemorySegment dstate,
      long s,
      int from,
      int hidden) {
    for (int i = from; i < hidden; i++) {
      float r = Native.get(gates, g + i);
      float z = Native.get(gates, g + hidden + i);
      float n = Native.get(gates, g + 2L * hidden + i);
      float dh = Native.get(dout, o + i) + Native.get(dstate, s + i);
      float dn = dh * (1 - z) * (1 - n * n);
      float dz = dh * (Native.get(previous, o + i) - n) * z * (1 - z);
      float dr = dn * Native.get(gates, u + i) * r * (1 - r);
      float du = dn * r;
      Native.set(gates, g + i, dr);
      Native.set(gates, g + hidden + i, dz);
      Native.set(gates, g + 2L * hidden + i, dn);
      Native.set(gates, u + i, du);
      Native.set(sums, q + i, dr);
      Native.set(sums, q + hidden + i, dz);
      Native.set(sums, q + 2L * hidden + i, du);
      Native.set(dstate, s + i, dh * z);
    }
  }

  @Override
  public void addColumns(MemorySegment x, int rows, int width, MemorySegment total) {
    for (int i = 0; i < width; i++) {
      double sum = 0;
      for (long r = 0; r < rows; r++) {
        sum += Native.get(x, r * width + i);
      }
      Native.set(total, i, (float) (Native.get(total, i) + sum));
    }
  }

  /** On vectors. */
  static final class Simd implements Gru.Cell {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    @Override
    public void open(
        MemorySegment gates,
        long g,
        long u,
        MemorySegment sums,
        long q,
        MemorySegment bIh,
        MemorySegment bHh,
        int hidden) {
      int bound = F.loopBound(2 * hidden);
      addSums(gates, g, sums, q, bIh, bHh, bound);
      sigmoids(gates, g, bound);
      GruCell.sigmoids(gates, g, sums, q, bIh, bHh, bound, 2 * hidden);
      bound = F.loopBound(hidden);
      candidates(gates, g, u, sums, q, bIh, bHh, bound, hidden);
      candidate(gates, g, u, sums, q, bIh, bHh, bound, hidden);
    }

    // A loop a method: in longer ones C2 leaves vectors on the heap.

    private static void addSums(
        MemorySegment gates,
        long g,
        MemorySegment sums,
        long q,
        MemorySegment bIh,
        MemorySegment bHh,
        int bound) {
      for (int i = 0; i < bound; i += F.length()) {
        load(gates, g + i)
            .add(load(bIh, i))
            .add(load(sums, q + i).add(load(bHh, i)))
            .intoMemorySegment(gates, (g + i) << 2, Native.ORDER);
      }
    }

    private static void sigmoids(MemorySegment gates, long g, int bound) {
      for (int i = 0; i < bound; i += F.length()) {
        Sigmoid.Simd.of(load(gates, g + i)).intoMemorySegment(gates, (g + i) << 2, Native.ORDER);
      }
    }

    private static void candidates(
        MemorySegment gates,
        long g,
        long u,
        MemorySegment sums,
        long q,
        MemorySegment bIh,
        MemorySegment bHh,
        int bound,
        int hidden) {
      for (int i = 0; i < bound; i += F.length()) {
        int at = 2 * hidden + i;
        load(sums, q + at).add(load(bHh, at)).intoMemorySegment(gates, (u + i) << 2, Native.ORDER);
        load(gates, g + i)
            .mul(load(gates, u + i))
            .add(load(gates, g + at).add(load(bIh, at)))
            .intoMemorySegment(gates, (g + at) << 2, Native.ORDER);
      }
    }

    @Override
    public void close(
        MemorySegment gates,
        long g,
        MemorySegment state,
        long s,
        MemorySegment out,
        long o,
        int hidden) {
      int bound = F.loopBound(hidden);
      tanhs(gates, g + 2L * hidden, bound);
      states(gates, g, state, s, out, o, bound, hidden);
      GruCell.close(gates, g, state, s, out, o, bound, hidden);
    }

    private static void tanhs(MemorySegment gates, long n, int bound) {
      for (int i = 0; i < bound; i += F.length()) {
        Sigmoid.Simd.tanh(load(gates, n + i)).intoMemorySegment(gates, (n + i) << 2, Native.ORDER);
      }
    }

    private static void states(
        MemorySegment gates,
        long g,
        MemorySegment state,
        long s,
        MemorySegment out,
        long o,
        int bound,
        int hidden) {
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector n = load(gates, g + 2L * hidden + i);
        FloatVector h = n.add(load(gates, g + hidden + i).mul(load(state, s + i).sub(n)));
        h.intoMemorySegment(state, (s + i) << 2, Native.ORDER);
        h.intoMemorySegment(out, (o + i) << 2, Native.ORDER);
      }
    }

    @Override
    public void backward(
        MemorySegment gates,
        long g,
        long u,
        MemorySegment sums,
        MemorySegment previous,
        MemorySegment dout,
        long o,
        MemorySegment dstate,
        long s,
        int hidden) {
      int bound = stepBackward(gates, g, u, sums, 3 * s, previous, dout, o, dstate, s, hidden);
      GruCell.stepBackward(gates, g, u, sums, 3 * s, previous, dout, o, dstate, s, bound, hidden);
    }

    private static int stepBackward(
        MemorySegment gates,
        long g,
        long u,
        MemorySegment sums,
        long q,
        MemorySegment previous,
        MemorySegment dout,
        long o,
        MemorySegment dstate,
        long s,
        int hidden) {
      int bound = F.loopBound(hidden);
      FloatVector one = FloatVector.broadcast(F, 1);
      for (int i = 0; i < bound; i += F.length()) {
        FloatVector r = load(gates, g + i);
        FloatVector z = load(gates, g + hidden + i);
        FloatVector n = load(gates, g + 2L * hidden + i);
        FloatVector dh = load(dout, o + i).add(load(dstate, s + i));
        FloatVector dn = dh.mul(one.sub(z)).mul(one.sub(n.mul(n)));
        FloatVector dz = dh.mul(load(previous, o + i).sub(n)).mul(z).mul(one.sub(z));
        FloatVector dr = dn.mul(load(gates, u + i)).mul(r).mul(one.sub(r));
        FloatVector du = dn.mul(r);
        dr.intoMemorySegment(gates, (g + i) << 2, Native.ORDER);
        dz.intoMemorySegment(gates, (g + hidden + i) << 2, Native.ORDER);
        dn.intoMemorySegment(gates, (g + 2L * hidden + i) << 2, Native.ORDER);
        du.intoMemorySegment(gates, (u + i) << 2, Native.ORDER);
        dr.intoMemorySegment(sums, (q + i) << 2, Native.ORDER);
        dz.intoMemorySegment(sums, (q + hidden + i) << 2, Native.ORDER);
        du.intoMemorySegment(sums, (q + 2L * hidden + i) << 2, Native.ORDER);
        dh.mul(z).intoMemorySegment(dstate, (s + i) << 2, Native.ORDER);
      }
      return bound;
    }

    @Override
    public void addColumns(MemorySegment x, int rows, int width, MemorySegment total) {
      ColumnSums.add(
          rows,
          width,
          total,
          (from, to, sums, at) -> {
            for (long r = from; r < to; r++) {
              ColumnSums.addTo(sums, at, x, r * width, width);
            }
          });
    }

    private static FloatVector load(MemorySegment s, long index) {
      return FloatVector.fromMemorySegment(F, s, index << 2, Native.ORDER);
    }
  }
}
