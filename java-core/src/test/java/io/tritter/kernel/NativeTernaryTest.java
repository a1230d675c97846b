package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every instruction set of the native provider that this CPU has, against the definition. */
class NativeTernaryTest {
  private static final Kernels DEFINITION = new ScalarKernels();
  private static final int[] CODE = {2, 0, 1};

  /** Skips the test, with the reason, where the build had no C compiler. */
  private static List<NativeKernels> everyIsa() {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no Vector API");
    try {
      return NativeKernels.everyIsa();
    } catch (NativeLibrary.Absent e) {
      return abort(e.getMessage());
    }
  }

  @Test
  void aLibraryInTheJarIsUsedOnACpuThatItIsWrittenFor() throws NativeLibrary.Absent {
    assumeTrue(
        NativeLibrary.class.getResource(NativeLibrary.resource()) != null, Kernels.withoutNative());
    List<NativeKernels> all = everyIsa();
    assertTrue(all.getLast().description().contains("portable"), all.getLast().description());
    boolean listed = Kernels.available().stream().anyMatch(NativeKernels.class::isInstance);
    assertEquals(all.size() > 1, listed, Kernels.withoutNative());
    assertEquals(listed, Kernels.withoutNative().isEmpty());
  }

  @Test
  void anInstructionSetThatIsNotThereListsThoseThatAre() {
    everyIsa();
    NativeLibrary.Absent e =
        assertThrows(NativeLibrary.Absent.class, () -> NativeKernels.load("mmx"));
    assertNotNull(e.getMessage());
    assertTrue(
        e.getMessage().matches("tritter.native.isa=mmx; have \\[.*portable]"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 207, 1021})
  void productsAreThoseOfTheDefinitionForAnyColumns(int cols) {
    for (int batch : new int[] {1, 2, 5, 15, 16, 33}) {
      compare(batch, 37, cols, cols, random(batch, -128, 127), random(cols, -1, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 207, 1021})
  void productsAreThoseOfTheDefinitionForAnyRows(int rows) {
    for (int batch : new int[] {1, 7, 40}) {
      compare(batch, rows, 40, 40, random(rows, -128, 127), random(batch, -1, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6, 8, 12, 13, 14, 19, 24, 31, 47, 48, 49, 95, 96, 97, 193})
  void productsAreThoseOfTheDefinitionForAnyBatch(int batch) {
    compare(batch, 70, 130, 130, random(batch, -128, 127), random(1, -1, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 16, 24, 32, 64, 96, 256, 300, 1000})
  void groupsOfAnySizeHaveTheBitsOfTheDefinition(int groupSize) {
    for (int batch : new int[] {1, 3, 12, 45}) {
      compare(batch, 37, 299, groupSize, random(batch, -128, 127), random(groupSize, -1, 1));
    }
  }

  @ParameterizedTest
  @CsvSource({"127,1", "127,-1", "-128,1", "-128,-1"})
  void theLargestSumsDoNotOverflow(int activation, int trit) {
    for (int batch : new int[] {1, 12, 33}) {
      compare(batch, 3, 65_536, 65_536, i -> activation, i -> trit);
    }
    compare(1, 2, 200_001, 200_001, i -> activation, i -> trit);
  }

  @Test
  void rowsAndTilesAreSplitAmongThreads() {
    compare(200, 2600, 48, 48, random(1, -128, 127), random(2, -1, 1));
    compare(1, 2600, 512, 512, random(3, -128, 127), random(4, -1, 1));
  }

  private static void compare(
      int batch, int rows, int cols, int groupSize, IntUnaryOperator x, IntUnaryOperator trit) {
    List<NativeKernels> all = everyIsa();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment activations = arena.allocate((long) batch * cols);
      for (int i = 0; i < batch * cols; i++) {
        Native.setByte(activations, i, (byte) x.applyAsInt(i));
      }
      int rowBytes = (cols + 3) / 4;
      MemorySegment packed = arena.allocate((long) rows * rowBytes);
      for (int i = 0; i < rows * cols; i++) {
        int c = i % cols;
        long at = (long) i / cols * rowBytes + c / 4;
        int code = CODE[trit.applyAsInt(i) + 1] << (c % 4 * 2);
        Native.setByte(packed, at, (byte) (Native.getByte(packed, at) | code));
      }
      MemorySegment scales = scales(arena, rows * Math.ceilDiv(cols, groupSize));
      MemorySegment expected = product(DEFINITION, arena, activations, packed, batch, rows, cols);
      MemorySegment grouped =
          grouped(DEFINITION, arena, activations, packed, scales, batch, rows, cols, groupSize);
      MemorySegment xScales = scales(arena, batch);
      MemorySegment byRow =
          scaled(DEFINITION, arena, activations, packed, xScales, batch, rows, cols);
      for (Kernels kernels : all) {
        MemorySegment sums = product(kernels, arena, activations, packed, batch, rows, cols);
        assertEquals(-1, expected.mismatch(sums), kernels.description());
        MemorySegment scaled =
            grouped(kernels, arena, activations, packed, scales, batch, rows, cols, groupSize);
        assertEquals(-1, grouped.mismatch(scaled), kernels.description());
        MemorySegment byRowHere =
            scaled(kernels, arena, activations, packed, xScales, batch, rows, cols);
        assertEquals(-1, byRow.mismatch(byRowHere), kernels.description());
      }
    }
  }

  private static MemorySegment product(
      Kernels kernels,
      Arena arena,
      MemorySegment x,
      MemorySegment packed,
      int batch,
      int rows,
      int cols) {
    MemorySegment out = arena.allocate(4L * batch * rows, 4);
    kernels.ternaryMatmul(x, layout(kernels, arena, packed, rows, cols), out, batch, rows, cols);
    return out;
  }

  private static MemorySegment grouped(
      Kernels kernels,
      Arena arena,
      MemorySegment x,
      MemorySegment packed,
      MemorySegment scales,
      int batch,
      int rows,
      int cols,
      int groupSize) {
    MemorySegment out = arena.allocate(4L * batch * rows, 4);
    MemorySegment layout = layout(kernels, arena, packed, rows, cols);
    kernels.ternaryMatmulGrouped(x, layout, scales, out, batch, rows, cols, groupSize);
    return out;
  }

  private static MemorySegment scaled(
      Kernels kernels,
      Arena arena,
      MemorySegment x,
      MemorySegment packed,
      MemorySegment xScales,
      int batch,
      int rows,
      int cols) {
    MemorySegment out = arena.allocate(4L * batch * rows, 4);
    MemorySegment layout = layout(kernels, arena, packed, rows, cols);
    kernels.ternaryMatmulScaled(x, layout, xScales, 0.37f, out, batch, rows, cols);
    return out;
  }

  private static MemorySegment layout(
      Kernels kernels, Arena arena, MemorySegment packed, int rows, int cols) {
    MemorySegment layout = arena.allocate(kernels.ternaryLayoutBytes(rows, cols), 64);
    kernels.ternaryLayout(packed, layout, rows, cols);
    return layout;
  }

  private static MemorySegment scales(Arena arena, int n) {
    SplittableRandom random = new SplittableRandom(n);
    MemorySegment scales = arena.allocate(4L * n, 4);
    for (int i = 0; i < n; i++) {
      Native.set(scales, i, (float) random.nextDouble(-2, 2));
    }
    return scales;
  }

  private static IntUnaryOperator random(long seed, int from, int to) {
    SplittableRandom random = new SplittableRandom(seed);
    return i -> random.nextInt(from, to + 1);
  }
}
