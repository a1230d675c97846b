package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Seeded inputs, the sizes that every kernel is tried at, and comparison under a named bound. */
final class Samples {
  /** On and off the grid of any vector width. */
  static final int[] SIZES = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021};

  /** The definition that the backends are compared with. */
  static final Kernels SCALAR = new ScalarKernels();

  private Samples() {}

  /** Each backend of this JVM with each size. */
  static Stream<Arguments> backendsAndSizes() {
    List<Arguments> cases = new ArrayList<>();
    for (Kernels kernels : Kernels.available()) {
      for (int size : SIZES) {
        cases.add(Arguments.argumentSet(kernels.name() + ", " + size, kernels, size));
      }
    }
    return cases.stream();
  }

  /** Each backend of this JVM. */
  static Stream<Arguments> backends() {
    return Kernels.available().stream().map(k -> Arguments.argumentSet(k.name(), k));
  }

  /** Normally distributed numbers. */
  static Tensor normal(long seed, int... shape) {
    Random random = new Random(seed);
    Tensor t = Tensor.zeros(shape);
    for (long i = 0; i < t.size(); i++) {
      t.set(i, (float) random.nextGaussian());
    }
    return t;
  }

  /** Fails unless each element is within {@code bound * (1 + |expected|)}; NaN equals NaN. */
  static void assertClose(String what, Tensor expected, Tensor actual, double bound) {
    assertEquals(expected.size(), actual.size(), what);
    for (long i = 0; i < expected.size(); i++) {
      float e = expected.get(i);
      float a = actual.get(i);
      boolean same = Float.compare(e, a) == 0 || Math.abs(a - e) <= bound * (1 + Math.abs(e));
      if (!same) {
        fail(what + "[" + i + "]: expected " + e + " within " + bound + ", got " + a);
      }
    }
  }
}
