package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AddRowsTest {
  /** Several tasks at the largest sizes, and many rows with the same id. */
  private static final int ROWS = 300;

  private static final int TABLE_ROWS = 7;

  private static MemorySegment ids(int... ids) {
    return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, ids);
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backendsAndSizes")
  void everyRowIsAddedToThatOfItsIdInOrder(Kernels kernels, int dim) {
    int[] ids = new SplittableRandom(dim).ints(ROWS, 0, TABLE_ROWS).toArray();
    Tensor x = Samples.normal(1, ROWS, dim);
    Tensor table = Samples.normal(2, TABLE_ROWS, dim);
    float[] expected = table.toArray();
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < dim; c++) {
        expected[ids[r] * dim + c] += x.get((long) r * dim + c);
      }
    }
    kernels.addRows(x.data(), ids(ids), table.data(), ROWS, TABLE_ROWS, dim);
    assertArrayEquals(expected, table.toArray());
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void anIdOutsideTheTableIsRefusedAndNothingIsWritten(Kernels kernels) {
    Tensor table = Tensor.zeros(2, 3);
    Tensor x = Samples.normal(1, 2, 3);
    for (int wrong : new int[] {-1, 2}) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> kernels.addRows(x.data(), ids(0, wrong), table.data(), 2, 2, 3));
      assertEquals("ids[1]: expected 0 to 1, got " + wrong, e.getMessage());
    }
    assertArrayEquals(new float[6], table.toArray());
  }

  @ParameterizedTest
  @MethodSource("io.tritter.kernel.Samples#backends")
  void memoryThatIsTooSmallOrOnTheHeapIsRefused(Kernels kernels) {
    MemorySegment x = Tensor.zeros(2, 3).data();
    MemorySegment table = Tensor.zeros(2, 3).data();
    MemorySegment heap = MemorySegment.ofArray(new float[6]);
    MemorySegment ids = ids(0, 1);
    MemorySegment[][] wrong = {
      {heap, ids, table}, {x, heap, table}, {x, ids, heap},
      {x.asSlice(4), ids, table}, {x, ids.asSlice(4), table}, {x, ids, table.asSlice(4)}
    };
    for (MemorySegment[] m : wrong) {
      assertThrows(
          IllegalArgumentException.class, () -> kernels.addRows(m[0], m[1], m[2], 2, 2, 3));
    }
  }
}
