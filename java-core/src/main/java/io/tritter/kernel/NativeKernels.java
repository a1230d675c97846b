package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ternary products in C, everything else on the Vector API. */
final class NativeKernels extends SimdKernels {
  /** Property that names the instruction set to use, for tests and comparisons. */
  static final String ISA_PROPERTY = "tritter.native.isa";

  private static final String PORTABLE = "portable";

  private final NativeTernary ternary;
  private final String isa;

  private NativeKernels(NativeLibrary library, NativeLibrary.Isa isa) {
    this.ternary = new NativeTernary(library, isa.number());
    this.isa = isa.name();
  }

  /** On the instruction set of that name; by default on the best, unless that is portable C. */
  static NativeKernels load(@Nullable String isa) throws NativeLibrary.Absent {
    List<NativeKernels> all = everyIsa();
    if (isa == null || isa.isEmpty()) {
      NativeKernels best = all.getFirst();
      if (best.isa.equals(PORTABLE)) {
        throw new NativeLibrary.Absent("this CPU has no instruction set that it is written for");
      }
      return best;
    }
    for (NativeKernels kernels : all) {
      if (kernels.isa.equals(isa)) {
        return kernels;
      }
    }
    throw new NativeLibrary.Absent(
        ISA_PROPERTY + "=" + isa + "; have " + all.stream().map(k -> k.isa).toList());
  }

  /** One backend an instruction set of this CPU, the portable one included. */
  static List<NativeKernels> everyIsa() throws NativeLibrary.Absent {
    NativeLibrary library = NativeLibrary.load();
    return library.isas().stream().map(isa -> new NativeKernels(library, isa)).toList();
  }

  @Override
  public String name() {
    return "native";
  }

  @Override
  public String description() {
    return "ternary products in C with " + isa + ", " + super.description();
  }

  @Override
  public long ternaryLayoutBytes(int rows, int cols) {
    return ternary.layoutBytes(rows, cols);
  }

  @Override
  public double sparseFrom() {
    return 0.95;
  }

  @Override
  public void ternaryLayout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
    ternary.layout(packed, layout, rows, cols);
  }

  @Override
  public void ternaryMatmul(
      MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
    ternary.run(x, layout, out, batch, rows, cols);
  }

  @Override
  public void ternaryMatmulGrouped(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment scales,
      MemorySegment out,
      int batch,
      int rows,
      int cols,
      int groupSize) {
    ternary.grouped(x, layout, scales, out, batch, rows, cols, groupSize);
  }

  @Override
  public void ternaryMatmulScaled(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment xScales,
      float scale,
      MemorySegment out,
      int batch,
      int rows,
      int cols) {
    ternary.scaled(x, layout, xScales, scale, out, batch, rows, cols);
  }

  @Override
  public boolean ternaryMatmulPays(int batch, int rows, int cols) {
    return true;
  }
}
