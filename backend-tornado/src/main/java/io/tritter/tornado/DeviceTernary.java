package io.tritter.tornado;

import io.tritter.kernel.TernaryKernels;
import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.TernaryWeights;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * {@link TernaryKernels} on the device where they are large enough: products with weights that were
 * prepared by {@link #ternaryWeights}, and hypervectors.
 */
interface DeviceTernary extends CpuTernary, DeviceOperations {
  private boolean admits(long[]... planes) {
    for (long[] plane : planes) {
      if (plane.length != planes[0].length) {
        return false; // the CPU says what is wrong
      }
    }
    return limits().admitElements((long) planes[0].length * Long.SIZE);
  }

  @Override
  default TernaryWeights ternaryWeights(
      MemorySegment packed, int rows, int cols, TernaryLevel level, SegmentAllocator memory) {
    TernaryWeights cpu = CpuTernary.super.ternaryWeights(packed, rows, cols, level, memory);
    long bytes = (long) rows * ((cols + 3) / 4);
    MemorySegment copy = memory.allocate(Math.max(1, bytes), 1);
    MemorySegment.copy(packed, 0, copy, 0, bytes);
    return new DeviceWeights(this, cpu, copy, rows, cols);
  }

  @Override
  default void quantizeAbsmax(
      MemorySegment x, MemorySegment q, MemorySegment inverseScales, int rows, int cols, int bits) {
    if (!limits().admitElements((long) rows * cols)
        || !fits(() -> Quantize.run(hardware(), x, q, inverseScales, rows, cols, bits))) {
      CpuTernary.super.quantizeAbsmax(x, q, inverseScales, rows, cols, bits);
    }
  }

  @Override
  default void rmsNormQuantize(
      MemorySegment x,
      MemorySegment weight,
      MemorySegment q,
      MemorySegment inverseScales,
      int rows,
      int dim,
      float eps,
      int bits) {
    if (!limits().admitElements((long) rows * dim)
        || !fits(
            () ->
                Quantize.runNormed(
                    hardware(), x, weight, q, inverseScales, rows, dim, eps, bits))) {
      CpuTernary.super.rmsNormQuantize(x, weight, q, inverseScales, rows, dim, eps, bits);
    }
  }

  @Override
  default long tritDot(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    if (admits(aPlus, aMinus, bPlus, bMinus)) {
      try {
        return TritCounts.run(hardware(), /* differences= */ false, aPlus, aMinus, bPlus, bMinus);
      } catch (OutOfDeviceMemoryException e) {
        // the CPU has room
      }
    }
    return CpuTernary.super.tritDot(aPlus, aMinus, bPlus, bMinus);
  }

  @Override
  default long tritDifferences(long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus) {
    if (admits(aPlus, aMinus, bPlus, bMinus)) {
      try {
        return TritCounts.run(hardware(), /* differences= */ true, aPlus, aMinus, bPlus, bMinus);
      } catch (OutOfDeviceMemoryException e) {
        // the CPU has room
      }
    }
    return CpuTernary.super.tritDifferences(aPlus, aMinus, bPlus, bMinus);
  }

  @Override
  default void tritAdd(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    if (!admits(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus)
        || !fits(
            () ->
                TritPairs.run(
                    hardware(),
                    Program.TRIT_SUM,
                    aPlus,
                    aMinus,
                    bPlus,
                    bMinus,
                    outPlus,
                    outMinus))) {
      CpuTernary.super.tritAdd(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
    }
  }

  @Override
  default void tritMultiply(
      long[] aPlus, long[] aMinus, long[] bPlus, long[] bMinus, long[] outPlus, long[] outMinus) {
    if (!admits(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus)
        || !fits(
            () ->
                TritPairs.run(
                    hardware(),
                    Program.TRIT_PRODUCT,
                    aPlus,
                    aMinus,
                    bPlus,
                    bMinus,
                    outPlus,
                    outMinus))) {
      CpuTernary.super.tritMultiply(aPlus, aMinus, bPlus, bMinus, outPlus, outMinus);
    }
  }

  @Override
  default void tritRandom(long seed, long[] plus, long[] minus) {
    if (!admits(plus, minus) || !fits(() -> TritRandom.run(hardware(), seed, plus, minus))) {
      CpuTernary.super.tritRandom(seed, plus, minus);
    }
  }

  @Override
  default void tritVote(
      long[][] plus,
      long[][] minus,
      long[] weights,
      int[] shifts,
      long[] outPlus,
      long[] outMinus) {
    if (!votes(plus, minus, weights, shifts, outPlus, outMinus)
        || !fits(() -> TritVote.run(hardware(), plus, minus, weights, shifts, outPlus, outMinus))) {
      CpuTernary.super.tritVote(plus, minus, weights, shifts, outPlus, outMinus);
    }
  }

  private boolean votes(
      long[][] plus,
      long[][] minus,
      long[] weights,
      int[] shifts,
      long[] outPlus,
      long[] outMinus) {
    int count = plus.length;
    if (count == 0 || minus.length != count || weights.length != count || shifts.length != count) {
      return false;
    }
    for (int v = 0; v < count; v++) {
      if (shifts[v] < 0 || !admits(outPlus, outMinus, plus[v], minus[v])) {
        return false;
      }
    }
    return TritVote.suits(weights, shifts);
  }
}
