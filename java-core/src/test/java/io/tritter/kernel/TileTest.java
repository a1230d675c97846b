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
  void theProductsAreCompiledAlone() throws IOException {
    try (InputStream in = Tile.class.getResourceAsStream("Tile.class")) {
      assertNotNull(in);
      int found = 0;
      for (MethodModel method : ClassFile.of().parse(in.readAllBytes()).methods()) {
        if (method.methodName().stringValue().startsWith("block")) {
          int length = ((CodeAttribute) method.code().orElseThrow()).codeLength();
          assertTrue(length > INLINED, method.methodName() + ": " + length + " bytecodes");
          found++;
        }
      }
      assertEquals(2, found);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 31, 64})
  void productsEqualTheDefinition(int inner) {
    int rows = 2 * Tile.QUAD;
    int cols = 2 * Tile.PANEL;
    float[] a = normal(1, Tile.KEYS * Tile.KEYS);
    float[] b = normal(2, Tile.KEYS * cols);
    float[] set = normal(3, rows * cols);
    float[] added = normal(3, rows * cols);
    float[] transposed = normal(3, rows * cols);
    float[] old = set.clone();
    Tile.multiply(a, 0, Tile.KEYS, b, cols, set, 0, cols, rows, cols, inner, false);
    Tile.multiply(a, 0, Tile.KEYS, b, cols, added, 0, cols, rows, cols, inner, true);
    Tile.addTransposed(a, b, cols, transposed, cols, rows, cols, inner);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        double sum = 0;
        double sumTransposed = 0;
        for (int k = 0; k < inner; k++) {
          sum += (double) a[i * Tile.KEYS + k] * b[k * cols + j];
          sumTransposed += (double) a[k * Tile.KEYS + i] * b[k * cols + j];
        }
        int at = i * cols + j;
        assertEquals(sum, set[at], FLOAT32_SUMS);
        assertEquals(old[at] + sum, added[at], FLOAT32_SUMS);
        assertEquals(old[at] + sumTransposed, transposed[at], FLOAT32_SUMS);
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
