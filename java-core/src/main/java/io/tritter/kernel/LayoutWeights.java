package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** {@link TernaryLevel#VECTORIZED}: the layout and the products of a backend. */
final class LayoutWeights implements TernaryWeights {
  private static final int CACHE_LINE = 64;

  private final TernaryKernels kernels;
  private final MemorySegment layout;
  private final int rows;
  private final int cols;

  LayoutWeights(
      TernaryKernels kernels, MemorySegment packed, int rows, int cols, SegmentAllocator memory) {
    this.kernels = kernels;
    this.rows = rows;
    this.cols = cols;
    layout = memory.allocate(kernels.ternaryLayoutBytes(rows, cols), CACHE_LINE);
    kernels.ternaryLayout(packed, layout, rows, cols);
  }

  @Override
  public TernaryLevel level() {
    return TernaryLevel.VECTORIZED;
  }

  @Override
  public long sizeBytes() {
    return layout.byteSize();
  }

  @Override
  public void multiply(MemorySegment x, MemorySegment out, int batch) {
    kernels.ternaryMatmul(x, layout, out, batch, rows, cols);
  }

  @Override
  public void multiplyGrouped(
      MemorySegment x, MemorySegment scales, MemorySegment out, int batch, int groupSize) {
    kernels.ternaryMatmulGrouped(x, layout, scales, out, batch, rows, cols, groupSize);
  }
}
