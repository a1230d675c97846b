package io.tritter.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The operations of {@link TernaryMatmul} in C, on one instruction set: what this class does is to
 * check the arguments and to cut the work.
 *
 * <p>A call prepares x (sums, tiles of rows), then multiplies. {@code src/main/c/ternary.c} has the
 * layout and the loops.
 */
final class NativeTernary {
  /** Rows of a block of the layout. */
  private static final int BLOCK = 32;

  /** Rows of x of a task: a multiple of every tile of the C code. */
  private static final int TOKENS = 96;

  /**
   * Products of a task, about 10 microseconds: what a hand-over costs is small beside it, and two
   * threads seldom write to the same rows of the result.
   */
  private static final long PRODUCTS_OF_TASK = 1 << 22;

  /** Rows of x of a task that builds tables, one tile, and rows of weights that pay for them. */
  private static final int TABLE_TOKENS = 32;

  private static final int TABLE_ROWS = 1280;

  /** Rows of weights that are rearranged at a time. */
  private static final int LAYOUT_ROWS = 512;

  private static final long ALIGNMENT = 128;
  private static final ThreadLocal<Memory> OF_THREAD = ThreadLocal.withInitial(Memory::new);

  private final NativeLibrary c;
  private final int isa;

  NativeTernary(NativeLibrary c, int isa) {
    this.c = c;
    this.isa = isa;
  }

  /** Working memory of a thread, grown and kept. */
  private static final class Memory {
    /** x in the order of the loops, of a call that this thread makes. */
    private MemorySegment prepared = MemorySegment.NULL;

    /** Tables and sums, of a task that this thread runs. */
    private MemorySegment scratch = MemorySegment.NULL;

    MemorySegment prepared(long bytes) {
      prepared = grown(prepared, bytes);
      return prepared;
    }

    MemorySegment scratch(long bytes) {
      scratch = grown(scratch, bytes);
      return scratch;
    }

    private static MemorySegment grown(MemorySegment memory, long bytes) {
      return memory.byteSize() >= bytes ? memory : Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }
  }

  long layoutBytes(int rows, int cols) {
    try {
      return (long) c.layoutBytes.invokeExact((long) rows, (long) cols);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  void layout(MemorySegment packed, MemorySegment layout, int rows, int cols) {
    Native.check("packed", packed, TernaryMatmul.layoutBytes(rows, cols), Byte.BYTES);
    Native.check("layout", layout, layoutBytes(rows, cols), Byte.BYTES);
    Workers.pieces(rows, LAYOUT_ROWS, (from, to) -> layout(packed, layout, cols, from, to));
  }

  private void layout(MemorySegment packed, MemorySegment layout, long cols, long from, long to) {
    try {
      c.layout.invokeExact(packed, layout, cols, from, to);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  void run(
      MemorySegment x, MemorySegment layout, MemorySegment out, int batch, int rows, int cols) {
    TernaryMatmul.check(x, layout, layoutBytes(rows, cols), out, batch, rows, cols);
    MemorySegment none = MemorySegment.NULL;
    multiply(x, layout, none, none, 1f, out, batch, rows, cols, cols);
  }

  void scaled(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment xScales,
      float scale,
      MemorySegment out,
      int batch,
      int rows,
      int cols) {
    TernaryMatmul.check(x, layout, layoutBytes(rows, cols), out, batch, rows, cols);
    Native.check("xScales", xScales, batch);
    multiply(x, layout, MemorySegment.NULL, xScales, scale, out, batch, rows, cols, cols);
  }

  void grouped(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment scales,
      MemorySegment out,
      int batch,
      int rows,
      int cols,
      int groupSize) {
    TernaryMatmul.check(x, layout, layoutBytes(rows, cols), out, batch, rows, cols);
    TernaryMatmul.groups(scales, rows, cols, groupSize);
    int group = Math.min(groupSize, cols);
    multiply(x, layout, scales, MemorySegment.NULL, 1f, out, batch, rows, cols, group);
  }

  private void multiply(
      MemorySegment x,
      MemorySegment layout,
      MemorySegment scales,
      MemorySegment xScales,
      float scale,
      MemorySegment out,
      int batch,
      int rows,
      int cols,
      int groupSize) {
    if (batch == 0 || rows == 0) {
      return;
    }
    MemorySegment prepared =
        OF_THREAD.get().prepared(bytes(c.preparedBytes, batch, cols, groupSize));
    Workers.pieces(
        batch, TOKENS, (first, last) -> prepare(x, prepared, batch, cols, groupSize, first, last));
    boolean tables = scratchBytes(batch, 1) > 0;
    int tokens = tables ? TABLE_TOKENS : TOKENS;
    long fit = PRODUCTS_OF_TASK / ((long) cols * Math.min(batch, tokens)) / BLOCK * BLOCK;
    int piece = tables ? TABLE_ROWS : even(rows, Math.max(BLOCK, fit));
    int tokenPieces = Math.ceilDiv(batch, tokens);
    int rowPieces = Math.ceilDiv(rows, piece);
    long scratchBytes = scratchBytes(batch, piece);
    Workers.run(
        Math.multiplyExact(tokenPieces, rowPieces),
        task -> {
          long first = (long) (task / rowPieces) * tokens;
          long from = (long) (task % rowPieces) * piece;
          multiply(
              layout,
              prepared,
              scales,
              xScales,
              scale,
              out,
              batch,
              rows,
              cols,
              groupSize,
              first,
              Math.min(batch, first + tokens),
              from,
              Math.min(rows, from + piece),
              OF_THREAD.get().scratch(scratchBytes));
        });
  }

  /** Size of the pieces, of at most {@code most} rows and about as many each, in whole blocks. */
  private static int even(int rows, long most) {
    long pieces = Math.ceilDiv(rows, most);
    return Math.toIntExact(Math.ceilDiv(Math.ceilDiv(rows, pieces), BLOCK) * BLOCK);
  }

  private static long bytes(MethodHandle function, long a, long b, long d) {
    try {
      return (long) function.invokeExact(a, b, d);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  private long scratchBytes(long batch, long rows) {
    try {
      return (long) c.scratchBytes.invokeExact(isa, batch, rows);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  private void prepare(
      MemorySegment x,
      MemorySegment prepared,
      long batch,
      long cols,
      long groupSize,
      long first,
      long last) {
    try {
      c.prepare.invokeExact(isa, x, prepared, batch, cols, groupSize, first, last);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }

  private void multiply(
      MemorySegment layout,
      MemorySegment prepared,
      MemorySegment scales,
      MemorySegment xScales,
      float scale,
      MemorySegment out,
      long batch,
      long rows,
      long cols,
      long groupSize,
      long first,
      long last,
      long from,
      long to,
      MemorySegment scratch) {
    try {
      c.multiply.invokeExact(
          isa, layout, prepared, scales, xScales, scale, out, batch, rows, cols, groupSize, first,
          last, from, to, scratch);
    } catch (Throwable e) {
      throw NativeLibrary.unexpected(e);
    }
  }
}
