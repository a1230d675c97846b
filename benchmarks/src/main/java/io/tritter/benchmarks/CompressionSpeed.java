package io.tritter.benchmarks;

import io.tritter.optim.GradientCompressor;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.SparseProjection;
import io.tritter.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Floats a second that the compression of one gradient takes in, at ratio 0.1: sparse projection,
 * ternary blocks of the top fraction, and the same with error feedback. With {@code
 * -Dtritter.threads=1} those of a core.
 */
public final class CompressionSpeed {
  private static final double RATIO = 0.1;
  private static final int ROUNDS = 7;

  /** Floats of a round, over as many calls as that takes. */
  private static final long FLOATS = 200_000_000;

  private CompressionSpeed() {}

  /** Takes numbers of elements; without arguments 65536, 1048576 and 10485760. */
  public static void main(String[] args) {
    int[] sizes =
        args.length == 0
            ? new int[] {1 << 16, 1 << 20, 10 << 20}
            : Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
    for (int size : sizes) {
      Tensor gradient = Tensor.zeros(size);
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < size; i++) {
        gradient.set(i, (float) random.nextGaussian());
      }
      Map<String, Tensor> gradients = Map.of("w", gradient);
      SparseProjection projection = SparseProjection.ofRatio(size, RATIO, 1, "w");
      report("sparse projection", size, () -> projection.compress(gradient));
      report("ternary blocks", size, () -> GradientCompressor.once(gradients, RATIO, 1));
      ParameterShapes shapes = ParameterShapes.of(List.of("w"), List.of(new int[] {size}));
      GradientCompressor compressor = new GradientCompressor(shapes, RATIO, 1);
      report("with error feedback", size, () -> compressor.compress(gradients));
    }
  }

  private static void report(String name, int size, Runnable call) {
    long calls = Math.max(1, FLOATS / size);
    double[] rates = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) { // the first one is the compiler's
      long began = System.nanoTime();
      for (long i = 0; i < calls; i++) {
        call.run();
      }
      if (round >= 0) {
        rates[round] = calls * (double) size / (System.nanoTime() - began) * 1e3;
      }
    }
    Arrays.sort(rates);
    System.out.printf(
        "%-20s %,11d elements: median %,6.0f, best %,6.0f M floats/s%n",
        name, size, rates[ROUNDS / 2], rates[ROUNDS - 1]);
  }
}
