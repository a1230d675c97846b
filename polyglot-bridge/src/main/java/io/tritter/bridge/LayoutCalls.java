package io.tritter.bridge;

import io.tritter.tensor.Tensor;
import io.tritter.ternary.ScaledTrits;
import io.tritter.ternary.TritLayout;
import io.tritter.ternary.TritMatrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import org.graalvm.polyglot.HostAccess;

/** Calls of {@code tritter_accel.layouts}; a decoded matrix is a handle. */
public final class LayoutCalls {
  private final Memory memory;

  LayoutCalls(Memory memory) {
    this.memory = memory;
  }

  @HostAccess.Export
  public String[] names() {
    return Arrays.stream(TritLayout.values())
        .map(layout -> layout.name().toLowerCase(Locale.ROOT))
        .toArray(String[]::new);
  }

  /** Bytes of a matrix. */
  @HostAccess.Export
  public long sizeBytes(String layout, int rows, int cols) {
    return TritLayout.named(layout).sizeBytes(rows, cols);
  }

  /** Writes the bytes of exact trits, float32 [rows, cols]. */
  @HostAccess.Export
  public void encode(
      String layout,
      int rows,
      int cols,
      long trits,
      long tritsSize,
      long scales,
      long scalesSize,
      long out,
      long outSize) {
    TritMatrix matrix = TritMatrix.pack(memory.tensor("trits", trits, tritsSize, rows, cols));
    Tensor scale = memory.tensor("scale", scales, scalesSize, Math.toIntExact(scalesSize));
    write(TritLayout.named(layout).encode(new ScaledTrits(matrix, scale)), out, outSize);
  }

  @HostAccess.Export
  public ScaledTrits decode(String layout, int rows, int cols, long raw, long rawSize) {
    return TritLayout.named(layout).decode(memory.segment("raw", raw, rawSize), rows, cols);
  }

  /** Writes the trits of a matrix, int8 [rows, cols]. */
  @HostAccess.Export
  public void trits(ScaledTrits decoded, long out, long outSize) {
    TritMatrix matrix = decoded.trits();
    MemorySegment target = memory.segment("trits", out, outSize);
    for (int r = 0; r < matrix.rows(); r++) {
      MemorySegment row = MemorySegment.ofArray(matrix.row(r).toInt8());
      target.asSlice((long) r * matrix.cols(), matrix.cols()).copyFrom(row);
    }
  }

  @HostAccess.Export
  public Tensor scales(ScaledTrits decoded) {
    return decoded.scales();
  }

  @HostAccess.Export
  public void convert(
      String source,
      String target,
      int rows,
      int cols,
      long raw,
      long rawSize,
      long out,
      long outSize) {
    MemorySegment bytes = memory.segment("raw", raw, rawSize);
    TritLayout to = TritLayout.named(target);
    write(TritLayout.convert(bytes, rows, cols, TritLayout.named(source), to), out, outSize);
  }

  private void write(byte[] bytes, long out, long outSize) {
    memory.segment("out", out, outSize).copyFrom(MemorySegment.ofArray(bytes));
  }
}
