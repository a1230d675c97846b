package io.tritter.adapter;

import io.tritter.kernel.Kernels;
import io.tritter.nn.Linear;
import io.tritter.tensor.Check;
import io.tritter.tensor.Scratch;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * {@code T(x)}: each block of consecutive inputs is turned by a matrix of its own, the {@link
 * Cayley} transform of a skew-symmetric one.
 */
abstract sealed class Rotation extends LinearAdapter permits Oft, Boft {
  final int blocks;
  final int size;
  private final Cayley cayley;

  /** [blocks, size, size]: a block is multiplied as a row from the left. */
  private final Tensor turns;

  Rotation(String layer, String name, Linear base, int size, Cayley cayley) {
    super(layer, name);
    if (base.inFeatures() % size != 0) {
      throw Check.expected(layer, "inputs that blocks of " + size + " divide", base.inFeatures());
    }
    this.size = size;
    this.cayley = cayley;
    blocks = base.inFeatures() / size;
    turns = Tensor.zeros(blocks, size, size);
  }

  /** The skew-symmetric matrix of a block. */
  abstract double[][] skew(int block);

  /** Takes the gradient of {@link #skew}, as if all its elements were free. */
  abstract void skewBackward(int block, double[][] gradient);

  @Override
  final boolean changesInput() {
    return true;
  }

  @Override
  public final void weightsChanged() {
    for (int k = 0; k < blocks; k++) {
      double[][] r = cayley.of(skew(k));
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          turns.set(((long) k * size + i) * size + j, (float) r[i][j]);
        }
      }
    }
  }

  @Override
  final void input(Tensor x, Tensor out) {
    copyBlocks(turned(blocks(x, Work.ROWS), x.dim(0), false), out, false);
  }

  @Override
  final void inputTransposed(Tensor w, Tensor out) {
    copyBlocks(turned(blocks(w, Work.ROWS), w.dim(0), true), out, false);
  }

  @Override
  final void inputBackward(Tensor x, Tensor din, float weight, Tensor dx) {
    int rows = x.dim(0);
    Tensor d = blocks(din, Work.ROWS);
    Tensor back = Work.OUTPUT_GRADIENT.of(rows, x.dim(1));
    copyBlocks(turned(d, rows, true), back, false);
    dx.axpby(weight, back, 1f);
    Tensor xs = blocks(x, Work.ROWS_GRADIENT);
    Tensor gradients = Tensor.zeros(blocks, size, size);
    long stride = (long) rows * size;
    Kernels.active()
        .matmulBatched(
            xs.data(),
            true,
            stride,
            d.data(),
            false,
            stride,
            gradients.data(),
            (long) size * size,
            blocks,
            size,
            size,
            rows,
            false);
    for (int k = 0; k < blocks; k++) {
      double[][] g = new double[size][size];
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          g[i][j] = weight * gradients.get(((long) k * size + i) * size + j);
        }
      }
      skewBackward(k, cayley.backward(skew(k), g));
    }
  }

  /** Block after block, each [rows, size]. */
  private Tensor blocks(Tensor x, Scratch scratch) {
    Tensor out = scratch.of(x.dim(0), x.dim(1));
    copyBlocks(out, x, true);
    return out;
  }

  private Tensor turned(Tensor byBlocks, int rows, boolean transposed) {
    Tensor out = Work.ROWS_GRADIENT.of(rows, blocks * size);
    long stride = (long) rows * size;
    Kernels.active()
        .matmulBatched(
            byBlocks.data(),
            false,
            stride,
            turns.data(),
            transposed,
            (long) size * size,
            out.data(),
            stride,
            blocks,
            rows,
            size,
            size,
            false);
    return out;
  }

  private void copyBlocks(Tensor byBlocks, Tensor byRows, boolean toBlocks) {
    long bytes = (long) size * Float.BYTES;
    int rows = byRows.dim(0);
    for (int k = 0; k < blocks; k++) {
      for (int r = 0; r < rows; r++) {
        long inBlocks = ((long) k * rows + r) * bytes;
        long inRows = ((long) r * blocks + k) * bytes;
        if (toBlocks) {
          MemorySegment.copy(byRows.data(), inRows, byBlocks.data(), inBlocks, bytes);
        } else {
          MemorySegment.copy(byBlocks.data(), inBlocks, byRows.data(), inRows, bytes);
        }
      }
    }
  }
}
