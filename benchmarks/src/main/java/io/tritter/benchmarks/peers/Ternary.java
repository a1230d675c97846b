package io.tritter.benchmarks.peers;

import io.tritter.benchmarks.Memory;
import io.tritter.kernel.Kernels;
import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.TernaryWeights;
import io.tritter.ternary.TritMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Products with packed trits. */
final class Ternary {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of("ternary-matmul", Ternary::ternaryMatmul, "ternary-sparse", Ternary::sparse);

  private Ternary() {}

  /** Inputs int8 x [batch, cols], trits as int8 [rows, cols]; output int32 [batch, rows]. */
  private static List<Implementation> ternaryMatmul(Request r) {
    int batch = r.size("batch");
    int rows = r.size("rows");
    int cols = r.size("cols");
    MemorySegment x = r.input(0);
    MemorySegment packed = pack(r.bytes(1), rows, cols);
    Kernels kernels = Kernels.active();
    MemorySegment layout = Memory.bytes(kernels.ternaryLayoutBytes(rows, cols));
    kernels.ternaryLayout(packed, layout, rows, cols);
    MemorySegment out = Memory.words((long) batch * rows);
    return Implementation.ours(() -> kernels.ternaryMatmul(x, layout, out, batch, rows, cols), out);
  }

  /**
   * As above with few that are not 0: at the level that is chosen for them, and at the dense one.
   */
  private static List<Implementation> sparse(Request r) {
    int rows = r.size("rows");
    int cols = r.size("cols");
    TritMatrix matrix = TritMatrix.of(pack(r.bytes(1), rows, cols), rows, cols);
    return List.of(
        atLevel(r, Implementation.OURS, matrix.prepare(matrix.level())),
        atLevel(r, Implementation.OURS + "-dense", matrix.prepare(TernaryLevel.VECTORIZED)));
  }

  private static Implementation atLevel(Request r, String name, TernaryWeights weights) {
    int batch = r.size("batch");
    MemorySegment x = r.input(0);
    MemorySegment out = Memory.words((long) batch * r.size("rows"));
    return new Implementation(name, () -> weights.multiply(x, out, batch), () -> List.of(out));
  }

  /** Four trits a byte, each row from a byte on. */
  private static MemorySegment pack(byte[] trits, int rows, int cols) {
    int rowBytes = (cols + 3) / 4;
    byte[] packed = new byte[rows * rowBytes];
    for (int i = 0; i < trits.length; i++) {
      int column = i % cols;
      int code = trits[i] < 0 ? 2 : trits[i];
      packed[i / cols * rowBytes + column / 4] |= (byte) (code << (column % 4 * 2));
    }
    MemorySegment s = Memory.bytes(packed.length);
    MemorySegment.copy(packed, 0, s, ValueLayout.JAVA_BYTE, 0, packed.length);
    return s;
  }
}
