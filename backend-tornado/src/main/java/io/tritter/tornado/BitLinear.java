package io.tritter.tornado;

import java.util.ArrayList;
import java.util.List;

/**
 * The kernels of a layer on packed ternary weights, bit for bit as io.tritter.bitnet.BitLinear
 * computes it: rows of float32 are quantized to bytes, these become bit planes, the product counts
 * them, and the sums are scaled. Nothing in between leaves the device.
 *
 * @param batch rows of x
 * @param rows of the weights, columns of the result
 * @param cols of the weights and of x
 * @param groupSize consecutive weights of a row that share a scale
 * @param bits of the quantized activations, 2 to 8
 * @param factor of all results
 */
record BitLinear(int batch, int rows, int cols, int groupSize, int bits, float factor) {
  private static final int WORD = 32;

  /**
   * Places of what lies between the kernels.
   *
   * @param bytes int32 [batch, words, 8], the quantized rows
   * @param planes int32 [batch, words, 8]
   * @param inverseScales [batch]
   * @param sums int32 [batch, rows]; not looked at unless {@link #oneScale}
   */
  record Places(int bytes, int planes, int inverseScales, int sums) {}

  /** Words of 32 columns of a row. */
  int words() {
    return Math.ceilDiv(cols, WORD);
  }

  /** Integers of the quantized rows, and as many of their planes. */
  long planeInts() {
    return (long) batch * words() * ActivationPlanes.PLANES;
  }

  /** Whether each row of weights has one scale: the sums are scaled once, at the end. */
  boolean oneScale() {
    return groupSize >= cols;
  }

  /** The places in memory of a computation. */
  Places placesIn(Scratch m) {
    return new Places(
        m.ints(planeInts()),
        m.ints(planeInts()),
        m.floats(batch),
        oneScale() ? m.ints((long) batch * rows) : 0);
  }

  /**
   * The kernels in their order.
   *
   * @param product of the planes and the weights: to {@code sums} with {@link #oneScale}, else to
   *     {@code out}
   * @param scales [rows], of the rows of weights; not looked at unless {@link #oneScale}
   */
  List<Launch> launches(int x, Places at, Launch product, int scales, int out) {
    int bytes = words() * ActivationPlanes.BYTE_WORDS;
    List<Launch> all = new ArrayList<>();
    all.add(Quantize.launch(x, at.bytes, at.inverseScales, batch, cols, bytes, bits));
    all.add(ActivationPlanes.launch(at.bytes, at.planes, batch, words()));
    all.add(product);
    if (oneScale()) {
      all.add(ScaledSums.launch(at.sums, scales, at.inverseScales, out, batch, rows, factor));
    }
    return all;
  }

  /** The product of a layer that is not {@link #oneScale}. */
  Launch groups(Places at, int weights, int scales, int out) {
    return TernaryBasic.groups(
        at.planes,
        weights,
        out,
        scales,
        at.inverseScales,
        factor,
        batch,
        rows,
        cols,
        words(),
        groupSize);
  }
}
