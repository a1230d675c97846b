package io.tritter.benchmarks.peers;

import io.tritter.kernel.Kernels;
import io.tritter.ternary.PackedTrits;
import io.tritter.vsa.Binding;
import io.tritter.vsa.Hypervector;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Vectors and matrices of trits, which arrive as int8. */
final class Hypervectors {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of(
          "trit-dot",
          Hypervectors::dot,
          "trit-matmul",
          Hypervectors::matmul,
          "bind-modular",
          r -> bind(r, Binding.MODULAR),
          "bind-product",
          r -> bind(r, Binding.PRODUCT),
          "bundle",
          Hypervectors::bundle);

  private Hypervectors() {}

  private static Hypervector vector(Request r, int i) {
    return Hypervector.of(PackedTrits.of(r.bytes(i)));
  }

  /** Inputs a, b; output int64 [1]. */
  private static List<Implementation> dot(Request r) {
    Hypervector a = vector(r, 0);
    Hypervector b = vector(r, 1);
    long[] out = new long[1];
    return List.of(
        new Implementation(
            Implementation.OURS,
            () -> out[0] = a.dot(b),
            () -> {
              MemorySegment s = MemorySegment.ofArray(out);
              return List.of(s);
            }));
  }

  /** Inputs a [rows, inner], b [cols, inner]; output int32 [rows, cols]. */
  private static List<Implementation> matmul(Request r) {
    int rows = r.size("rows");
    int cols = r.size("cols");
    int inner = r.size("inner");
    int words = PackedTrits.words(inner);
    long[][] a = planes(r.bytes(0), rows, inner);
    long[][] b = planes(r.bytes(1), cols, inner);
    int[] out = new int[rows * cols];
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> kernels.tritMatmul(a[0], a[1], b[0], b[1], out, rows, cols, words),
        MemorySegment.ofArray(out));
  }

  /** The planes of a matrix, each row from a word on. */
  private static long[][] planes(byte[] trits, int rows, int cols) {
    int words = PackedTrits.words(cols);
    long[][] planes = new long[2][rows * words];
    for (int r = 0; r < rows; r++) {
      PackedTrits row = PackedTrits.of(Arrays.copyOfRange(trits, r * cols, (r + 1) * cols));
      System.arraycopy(row.plus(), 0, planes[0], r * words, words);
      System.arraycopy(row.minus(), 0, planes[1], r * words, words);
    }
    return planes;
  }

  /** Inputs a, b. */
  private static List<Implementation> bind(Request r, Binding law) {
    Hypervector a = vector(r, 0);
    Hypervector b = vector(r, 1);
    return vectors(() -> law.bind(a, b));
  }

  /** Inputs a, b, c. */
  private static List<Implementation> bundle(Request r) {
    List<Hypervector> all = List.of(vector(r, 0), vector(r, 1), vector(r, 2));
    return vectors(() -> Hypervector.bundle(all));
  }

  private static List<Implementation> vectors(Supplier<Hypervector> call) {
    Hypervector[] out = new Hypervector[] {call.get()};
    return List.of(
        new Implementation(
            Implementation.OURS,
            () -> out[0] = call.get(),
            () -> List.of(MemorySegment.ofArray(out[0].trits().toInt8()))));
  }
}
