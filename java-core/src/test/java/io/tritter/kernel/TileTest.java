package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TileTest {
  /** Methods longer than this are never inlined: -XX:FreqInlineSize. */
  private static final int INLINED = 325;

  /** Float32 sums of at most 64 products. */
  private static final double FLOAT32_SUMS = 2e-5;

  @BeforeAll
  static void vectorsAreThere() {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
  }

  @Test
  void theHotLoopsAreCompiledAlone() throws IOException {
    assertEquals(4, longMethods("TileProduct", "(four|eight)(Rows|Columns)"));
    assertEquals(1, longMethods("AttentionForward", "softmax"));
  }

  private static int longMethods(String type, String names) throws IOException {
    try (InputStream in = Tile.class.getResourceAsStream(type + ".class")) {
      assertNotNull(in);
      int found = 0;
      for (MethodModel method : ClassFile.of().parse(in.readAllBytes()).methods()) {
        if (method.methodName().stringValue().matches(names)) {
          int length = ((CodeAttribute) method.code().orElseThrow()).codeLength();
          assertTrue(length > INLINED, method.methodName() + ": " + length + " bytecodes");
          found++;
        }
      }
      return found;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 31, 64})
  void productsEqualTheDefinition(int inner) {
    int rows = 2 * TileProduct.BLOCK;
    int cols = Tile.PANEL;
    float[] a = normal(1, Tile.AREA);
    float[] b = normal(2, Tile.AREA);
    float[] start = normal(3, Tile.SIDE);
    float[] product = new float[Tile.AREA];
    float[] sum = normal(4, Tile.AREA);
    float[] old = sum.clone();
    TileProduct.multiply(a, 0, b, 0, start, 0, 0, product, 0, rows, cols, inner);
    TileProduct.multiplyTransposed(a, 0, b, 0, sum, 0, Tile.SIDE, sum, 0, rows, cols, inner);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        double expected = start[j];
        int at = i * Tile.SIDE + j;
        double transposed = old[at];
        for (int k = 0; k < inner; k++) {
          expected += (double) a[i * Tile.SIDE + k] * b[k * Tile.SIDE + j];
          transposed += (double) a[k * Tile.SIDE + i] * b[k * Tile.SIDE + j];
        }
        assertEquals(expected, product[at], FLOAT32_SUMS);
        assertEquals(transposed, sum[at], FLOAT32_SUMS);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 17, 63, 64, 65, 130})
  void transposesAnyNumberOfRowsAndColumns(int dim) {
    int tiles = Tile.count(dim);
    float[] x = normal(1, tiles * Tile.AREA);
    float[] out = new float[x.length];
    for (int rows : new int[] {1, 5, 16, 33, 64}) {
      Tile.transpose(x, 0, rows, dim, new float[Tile.AREA], out, 0);
      for (int c = 0; c < dim; c++) {
        int tile = c / Tile.SIDE * Tile.AREA;
        for (int r = 0; r < rows; r++) {
          float expected = x[tile + r * Tile.SIDE + c % Tile.SIDE];
          assertEquals(expected, out[tile + c % Tile.SIDE * Tile.SIDE + r], r + ", " + c);
        }
      }
    }
  }

  private static float[] normal(long seed, int n) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
