package io.tritter.benchmarks.peers;

import io.tritter.benchmarks.Memory;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/** OpenBLAS, where its library is on the class path (profile {@code peers}). */
final class OpenBlas {
  private OpenBlas() {}

  static Optional<Implementation> matmul(
      MemorySegment a,
      boolean transposeA,
      MemorySegment b,
      boolean transposeB,
      int rows,
      int cols,
      int inner) {
    if (!loads()) {
      return Optional.empty();
    }
    MemorySegment c = Memory.words((long) rows * cols);
    FloatPointer pa = pointer(a);
    FloatPointer pb = pointer(b);
    FloatPointer pc = pointer(c);
    Runnable call =
        () ->
            openblas_nolapack.cblas_sgemm(
                openblas_nolapack.CblasRowMajor,
                transposeA ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
                transposeB ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
                rows,
                cols,
                inner,
                1f,
                pa,
                transposeA ? rows : inner,
                pb,
                transposeB ? inner : cols,
                0f,
                pc,
                cols);
    return Optional.of(new Implementation("OpenBLAS", call, () -> List.of(c)));
  }

  private static boolean loads() {
    try {
      Loader.load(openblas_nolapack.class);
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /** The same memory; the segment must outlive the pointer. */
  private static FloatPointer pointer(MemorySegment s) {
    return new FloatPointer(
        s.asByteBuffer().order(java.nio.ByteOrder.nativeOrder()).asFloatBuffer());
  }
}
