package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MatmulBatchedTest {
  /** The gap after a matrix; -1 stands for a stride of 0. The last shape has tasks of its own. */
  @ParameterizedTest
  @CsvSource({
    "1,3,5,7,0,0,0",
    "2,1,1,1,0,0,0",
    "37,3,5,7,2,1,3",
    "5,17,33,65,0,-1,0",
    "5,17,33,65,0,-1,4",
    "5,17,33,65,-1,0,0",
    "4,13,31,257,-1,-1,1",
    "3,5,7,0,1,2,3",
    "0,5,7,3,0,0,0",
    "0,5,7,3,0,-1,0",
    "3,0,7,5,0,0,0",
    "3,5,0,7,0,-1,0",
    "2,129,131,257,0,5,0"
  })
  void aBatchHasTheBitsOfItsProductsOneByOne(
      int batch, int rows, int cols, int inner, int gapA, int gapB, int gapC) {
    long strideA = gapA < 0 ? 0 : (long) rows * inner + gapA;
    long strideB = gapB < 0 ? 0 : (long) inner * cols + gapB;
    long strideC = (long) rows * cols + gapC;
    Tensor a = Samples.normal(1, span(batch, strideA, rows * inner));
    Tensor b = Samples.normal(2, span(batch, strideB, inner * cols));
    Tensor start = Samples.normal(3, span(batch, strideC, rows * cols));
    for (int flags = 0; flags < 8; flags++) {
      boolean transposeA = (flags & 1) != 0;
      boolean transposeB = (flags & 2) != 0;
      boolean accumulate = (flags & 4) != 0;
      Tensor expected = start.copy();
      for (int i = 0; i < batch; i++) {
        Matmul.run(
            Operand.float32(from(a, i * strideA), transposeA),
            Operand.float32(from(b, i * strideB), transposeB),
            from(expected, i * strideC),
            rows,
            cols,
            inner,
            accumulate);
      }
      for (Kernels kernels : Kernels.available()) {
        Tensor c = start.copy();
        kernels.matmulBatched(
            a.data(),
            transposeA,
            strideA,
            b.data(),
            transposeB,
            strideB,
            c.data(),
            strideC,
            batch,
            rows,
            cols,
            inner,
            accumulate);
        assertArrayEquals(
            expected.toArray(),
            c.toArray(),
            kernels.name() + " " + transposeA + transposeB + accumulate);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void stridesThatRunBackwardsOrLetResultsOverlapAreRefused(Kernels kernels) {
    assertEquals("batch: expected at least 0, got -1", refusal(kernels, 6, 6, 4, -1));
    assertEquals("strideA: expected at least 0, got -1", refusal(kernels, -1, 6, 4, 2));
    assertEquals("strideB: expected at least 0, got -6", refusal(kernels, 6, -6, 4, 2));
    assertEquals("strideC: expected at least 4, got 3", refusal(kernels, 6, 6, 3, 2));
    assertEquals("a: expected at least 52 bytes, got 48", refusal(kernels, 7, 6, 4, 2));
  }

  private static String refusal(Kernels kernels, long strideA, long strideB, long strideC, int n) {
    MemorySegment a = Tensor.zeros(12).data();
    MemorySegment b = Tensor.zeros(12).data();
    MemorySegment c = Tensor.zeros(8).data();
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    kernels.matmulBatched(
                        a, false, strideA, b, false, strideB, c, strideC, n, 2, 2, 3, false))
            .getMessage());
  }

  private static int span(int batch, long stride, int elements) {
    return (int) Math.max(1, (batch - 1) * stride + elements);
  }

  private static MemorySegment from(Tensor all, long at) {
    return all.data().asSlice(at << 2);
  }
}
