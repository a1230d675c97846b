package io.tritter.benchmarks.peers;

import io.tritter.benchmarks.Memory;
import io.tritter.kernel.AdamWStep;
import io.tritter.kernel.Encoded;
import io.tritter.kernel.Kernels;
import io.tritter.nn.EncodedLinear;
import io.tritter.quant.FourBitCode;
import io.tritter.quant.FourBitMatrix;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Products of float32 with float32 and with bfloat16, and the optimizer. */
final class Dense {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of(
          "matmul",
          Dense::matmul,
          "matmul-bfloat16",
          Dense::matmulBfloat16,
          "nf4-linear",
          Dense::nf4Linear,
          "adamw",
          Dense::adamW);

  private Dense() {}

  /** Inputs a and b, as they are in memory; sizes rows, cols, inner, transpose_a, transpose_b. */
  private static List<Implementation> matmul(Request r) {
    int rows = r.size("rows");
    int cols = r.size("cols");
    int inner = r.size("inner");
    boolean ta = r.flag("transpose_a");
    boolean tb = r.flag("transpose_b");
    MemorySegment a = r.input(0);
    MemorySegment b = r.input(1);
    MemorySegment c = Memory.words((long) rows * cols);
    Kernels kernels = Kernels.active();
    List<Implementation> all =
        new ArrayList<>(
            Implementation.ours(
                () -> kernels.matmul(a, ta, b, tb, c, rows, cols, inner, false), c));
    OpenBlas.matmul(a, ta, b, tb, rows, cols, inner).ifPresent(all::add);
    return all;
  }

  /** Inputs a [rows, inner] and bfloat16 b [cols, inner]; output a b^T. */
  private static List<Implementation> matmulBfloat16(Request r) {
    int rows = r.size("rows");
    int cols = r.size("cols");
    int inner = r.size("inner");
    MemorySegment a = r.input(0);
    Encoded b = new Encoded.OfBfloat16(r.input(1));
    MemorySegment c = Memory.words((long) rows * cols);
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> kernels.matmulEncoded(a, false, b, true, c, rows, cols, inner, false), c);
  }

  /** Inputs x [batch, cols] and w [rows, cols], which becomes NF4; output x w^T. */
  private static List<Implementation> nf4Linear(Request r) {
    int batch = r.size("batch");
    int rows = r.size("rows");
    int cols = r.size("cols");
    FourBitMatrix matrix =
        FourBitMatrix.quantize(
            Tensor.wrap(r.input(1), rows, cols),
            FourBitCode.NF4,
            FourBitMatrix.BLOCK_SIZE,
            /* doubleQuantized= */ false);
    EncodedLinear layer = new EncodedLinear(matrix, null);
    Tensor x = Tensor.wrap(r.input(0), batch, cols);
    MemorySegment out = Memory.words((long) batch * rows);
    Tensor y = Tensor.wrap(out, batch, rows);
    return Implementation.ours(() -> layer.forward(x, y), out);
  }

  /** Inputs parameter and gradient. */
  private static List<Implementation> adamW(Request r) {
    MemorySegment parameter = r.input(0);
    MemorySegment gradient = r.input(1);
    long n = parameter.byteSize() / Float.BYTES;
    MemorySegment first = Memory.words(n);
    MemorySegment second = Memory.words(n);
    AdamWStep step = new AdamWStep(1e-3f, 0.9f, 0.95f, 1e-8f, 0.1f, 1);
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> kernels.adamW(parameter, gradient, first, second, n, step, 1f), parameter);
  }
}
