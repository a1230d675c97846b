package io.tritter.bitnet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import io.tritter.ternary.TritMatrix;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the functions of the published Python module return, here from the Java types below ours.
 */
class PeerApiTest {
  private static final float TOLERANCE = 1e-5f;

  @ParameterizedTest
  @MethodSource("quantized")
  void rowsAreQuantizedPackedUnpackedAndMultipliedAlike(JsonNode c) {
    Tensor weights = matrix(c.get("weights"));
    Absmean.Quantized q = Absmean.quantizeRows(weights);
    assertArrayEquals(matrix(c.get("ternary")).toArray(), q.trits().toArray(), 0f);
    float[] scales = numbers(c.get("scales"));
    assertArrayEquals(scales, q.scales().toArray(), relative(scales));

    TritMatrix packed = TritMatrix.pack(q.trits());
    byte[] bytes = packed.bytes().toArray(ValueLayout.JAVA_BYTE);
    float[] expected = numbers(c.get("packed"));
    assertEquals(expected.length, bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      assertEquals(expected[i], bytes[i] & 255, "byte " + i);
    }

    Tensor unpacked = Tensor.zeros(weights.shape());
    packed.dequantize(0, packed.rows(), q.scales(), packed.cols(), unpacked);
    float[] unpackedExpected = matrix(c.get("unpacked")).toArray();
    assertArrayEquals(unpackedExpected, unpacked.toArray(), relative(scales));

    BitLinear layer =
        new BitLinear(packed, q.scales(), packed.cols(), null, BitLinear.FLOAT_ACTIVATIONS);
    float[] y = BitLinearTest.forward(layer, matrix(c.get("matmul_input"))).toArray();
    assertArrayEquals(matrix(c.get("ternary_matmul")).toArray(), y, TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aLayerWithFloatActivationsGivesTheSameOutputs(JsonNode c) {
    Tensor bias = null;
    if (!c.get("bias").isNull()) {
      float[] values = numbers(c.get("bias"));
      bias = Tensor.of(values, values.length);
    }
    BitLinear layer =
        BitLinear.quantize(
            matrix(c.get("weight")),
            bias,
            c.get("group_size").asInt(),
            BitLinear.FLOAT_ACTIVATIONS);
    assertEquals(c.get("in").asInt(), layer.inFeatures());
    assertEquals(c.get("out").asInt(), layer.outFeatures());
    assertEquals(c.get("sparsity").asDouble(), layer.sparsity(), 1e-7);
    float[] y = BitLinearTest.forward(layer, matrix(c.get("input"))).toArray();
    assertArrayEquals(matrix(c.get("output")).toArray(), y, TOLERANCE);
    if (layer.inFeatures() % 32 == 0) {
      // The peer pads planes to 32 trits; we count the bytes that we keep.
      assertEquals(c.get("compression_ratio").asDouble(), layer.compressionRatio(), 1e-6);
    }
  }

  @Test
  void aNotANumberIsRefusedWithItsPosition() {
    Tensor weights = Tensor.of(new float[] {1, 2, 3, Float.NaN}, 2, 2);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Absmean.quantizeRows(weights));
    assertEquals("weights: expected finite numbers, got NaN at row 1, column 1", e.getMessage());
  }

  static List<JsonNode> quantized() throws IOException {
    return cases("quantize_weights_absmean");
  }

  static List<JsonNode> layers() throws IOException {
    return cases("bitlinear");
  }

  private static List<JsonNode> cases(String name) throws IOException {
    List<JsonNode> cases = new ArrayList<>();
    new ObjectMapper()
        .readTree(Golden.path("peer_api.json").toFile())
        .get(name)
        .forEach(cases::add);
    return cases;
  }

  /** One unit in the sixth digit of the largest scale. */
  private static float relative(float[] scales) {
    float largest = 0;
    for (float s : scales) {
      largest = Math.max(largest, s);
    }
    return largest * 1e-6f;
  }

  private static float[] numbers(JsonNode list) {
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i).floatValue();
    }
    return numbers;
  }

  private static Tensor matrix(JsonNode rows) {
    int cols = rows.get(0).size();
    Tensor t = Tensor.zeros(rows.size(), cols);
    for (int r = 0; r < rows.size(); r++) {
      t.rows(r, r + 1).copyFrom(Tensor.of(numbers(rows.get(r)), cols));
    }
    return t;
  }
}
