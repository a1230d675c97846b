package io.tritter.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.quant.FourBitCode;
import io.tritter.quant.FourBitMatrix;
import io.tritter.quant.Int8Matrix;
import io.tritter.quant.NestedScales;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Weights of 4 and 8 bits under the keys that bitsandbytes gives their parts: {@code x.weight} and
 * {@code x.weight.absmax} with their like, or {@code x.weight} and {@code x.SCB}.
 *
 * <p>Read weights lie on the mapped files; a fault of one is a {@link FormatException} at its
 * place.
 */
public final class BitsAndBytes {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STATE = ".quant_state.bitsandbytes__";
  private static final int CODEBOOK = 16;

  /** Of a state as JSON, filled up with spaces: the size is known before the numbers are. */
  private static final int STATE_BYTES = 256;

  private BitsAndBytes() {}

  /** Whether the weight of a name is stored in 4 bits. */
  public static boolean isFourBit(TensorDirectory tensors, String weight) {
    return tensors.names().contains(weight + ".absmax");
  }

  /** Whether the weight of a name is stored in 8 bits. */
  public static boolean isInt8(TensorDirectory tensors, String weight) {
    return tensors.names().contains(scales(weight));
  }

  /** The parts of a weight by key; {@code dtype} is the name of its type before. */
  public static Map<String, StoredTensor> parts(String weight, FourBitMatrix matrix, String dtype) {
    Map<String, StoredTensor> parts = new LinkedHashMap<>();
    int bytes = Math.toIntExact(matrix.codes().byteSize());
    parts.put(weight, StoredTensor.of(DType.U8, matrix.codes(), bytes, 1));
    ObjectNode state = JSON.createObjectNode();
    String code = name(matrix.code());
    state.put("quant_type", code);
    state.put("blocksize", matrix.blockSize());
    state.put("dtype", dtype);
    state.putArray("shape").add(matrix.rows()).add(matrix.cols());
    NestedScales nested = matrix.nested();
    if (nested == null) {
      parts.put(weight + ".absmax", StoredTensor.of(matrix.absmax()));
    } else {
      int scales = Math.toIntExact(nested.codes().byteSize());
      parts.put(weight + ".absmax", StoredTensor.of(DType.U8, nested.codes(), scales));
      parts.put(weight + ".nested_absmax", StoredTensor.of(nested.absmax()));
      parts.put(weight + ".nested_quant_map", StoredTensor.of(nested.map()));
      state.put("nested_blocksize", nested.blockSize());
      state.put("nested_dtype", "float32");
      state.put("nested_offset", (double) nested.offset());
    }
    parts.put(weight + ".quant_map", StoredTensor.of(matrix.code().numbers()));
    byte[] json = new byte[STATE_BYTES];
    Arrays.fill(json, (byte) ' ');
    byte[] text = state.toString().getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, json, 0, text.length);
    parts.put(weight + STATE + code, StoredTensor.of(json, json.length));
    return parts;
  }

  /** The layout of the {@link #parts} of a matrix that is yet to be made. */
  public static Map<String, TensorPieces.Layout> layout(
      String weight, int rows, int cols, FourBitCode code, int blockSize, boolean nested) {
    Map<String, TensorPieces.Layout> layout = new LinkedHashMap<>();
    long size = (long) rows * cols;
    int blocks = Math.toIntExact(Math.ceilDiv(size, blockSize));
    int bytes = Math.toIntExact((size + 1) / 2);
    layout.put(weight, new TensorPieces.Layout(DType.U8, bytes, 1));
    layout.put(weight + ".absmax", new TensorPieces.Layout(nested ? DType.U8 : DType.F32, blocks));
    if (nested) {
      int nestedBlocks = Math.ceilDiv(blocks, NestedScales.BLOCK_SIZE);
      layout.put(weight + ".nested_absmax", new TensorPieces.Layout(DType.F32, nestedBlocks));
      layout.put(
          weight + ".nested_quant_map",
          new TensorPieces.Layout(DType.F32, NestedScales.BLOCK_SIZE));
    }
    layout.put(weight + ".quant_map", new TensorPieces.Layout(DType.F32, CODEBOOK));
    layout.put(weight + STATE + name(code), new TensorPieces.Layout(DType.U8, STATE_BYTES));
    return layout;
  }

  /** The layout of the {@link #parts} of a matrix that is yet to be made. */
  public static Map<String, TensorPieces.Layout> layout(String weight, int rows, int cols) {
    Map<String, TensorPieces.Layout> layout = new LinkedHashMap<>();
    layout.put(weight, new TensorPieces.Layout(DType.I8, rows, cols));
    layout.put(scales(weight), new TensorPieces.Layout(DType.F32, rows));
    layout.put(weight + "_format", new TensorPieces.Layout(DType.U8));
    return layout;
  }

  /** The parts of a weight by key. */
  public static Map<String, StoredTensor> parts(String weight, Int8Matrix matrix) {
    Map<String, StoredTensor> parts = new LinkedHashMap<>();
    parts.put(weight, StoredTensor.of(DType.I8, matrix.codes(), matrix.rows(), matrix.cols()));
    parts.put(scales(weight), StoredTensor.of(matrix.absmax()));
    parts.put(weight + "_format", StoredTensor.of(new byte[1])); // 0: row by row
    return parts;
  }

  /**
   * The weight of a name.
   *
   * @throws FormatException if its parts do not fit together or are not of that shape
   */
  public static FourBitMatrix fourBit(TensorDirectory tensors, String weight, int rows, int cols)
      throws IOException {
    FourBitCode code =
        tensors.names().contains(weight + STATE + "fp4") ? FourBitCode.FP4 : FourBitCode.NF4;
    String key = weight + STATE + name(code);
    JsonNode state = state(tensors, key);
    expect(tensors, key, "quant_type", "\"" + name(code) + "\"", state);
    expect(tensors, key, "shape", "[%d,%d]".formatted(rows, cols), state);
    Tensor map = floats(tensors, weight + ".quant_map", CODEBOOK);
    if (!Arrays.equals(map.toArray(), code.numbers().toArray())) {
      throw tensors.fault(weight + ".quant_map", "expected the numbers of " + code);
    }
    int blockSize = integer(tensors, key, "blocksize", state);
    long size = (long) rows * cols;
    stored(tensors, weight, DType.U8, (size + 1) / 2);
    try {
      String absmax = weight + ".absmax";
      long blocks = Math.ceilDiv(size, blockSize);
      if (!tensors.names().contains(weight + ".nested_absmax")) {
        return FourBitMatrix.of(
            rows, cols, code, tensors.bytes(weight), floats(tensors, absmax, blocks), blockSize);
      }
      stored(tensors, absmax, DType.U8, blocks);
      int nestedSize = integer(tensors, key, "nested_blocksize", state);
      NestedScales nested =
          new NestedScales(
              tensors.bytes(absmax),
              floats(tensors, weight + ".nested_absmax", Math.ceilDiv(blocks, nestedSize)),
              floats(tensors, weight + ".nested_quant_map", NestedScales.BLOCK_SIZE),
              (float) number(tensors, key, "nested_offset", state),
              nestedSize);
      return FourBitMatrix.of(rows, cols, code, tensors.bytes(weight), nested, blockSize);
    } catch (IllegalArgumentException e) {
      throw tensors.fault(key, String.valueOf(e.getMessage()));
    }
  }

  /** As {@link #fourBit}. */
  public static Int8Matrix int8(TensorDirectory tensors, String weight, int rows, int cols)
      throws IOException {
    stored(tensors, weight, DType.I8, (long) rows * cols);
    Tensor absmax = floats(tensors, scales(weight), rows);
    try {
      return new Int8Matrix(rows, cols, tensors.bytes(weight), absmax);
    } catch (IllegalArgumentException e) {
      throw tensors.fault(scales(weight), String.valueOf(e.getMessage()));
    }
  }

  /** {@code x.SCB} beside {@code x.weight}. */
  private static String scales(String weight) {
    return weight.substring(0, weight.lastIndexOf('.') + 1) + "SCB";
  }

  private static String name(FourBitCode code) {
    return code.name().toLowerCase(Locale.ROOT);
  }

  private static JsonNode state(TensorDirectory tensors, String key) throws IOException {
    if (!tensors.names().contains(key)) {
      throw tensors.fault(key, "expected the state of a 4-bit weight, got none");
    }
    StoredTensor stored = tensors.get(key);
    stored(tensors, key, DType.U8, stored.size());
    try {
      return JsonFile.read(key, stored.data().toArray(ValueLayout.JAVA_BYTE));
    } catch (FormatException e) {
      throw tensors.fault(key, String.valueOf(e.getMessage()));
    }
  }

  private static void expect(
      TensorDirectory tensors, String key, String field, String wanted, JsonNode state)
      throws FormatException {
    String got = state.path(field).toString();
    if (!got.equals(wanted)) {
      throw tensors.fault(key, "%s: expected %s, got %s".formatted(field, wanted, got));
    }
  }

  private static int integer(TensorDirectory tensors, String key, String field, JsonNode state)
      throws FormatException {
    JsonNode value = state.path(field);
    if (!value.isInt() || value.intValue() < 1) {
      throw tensors.fault(key, field + ": expected a positive integer, got " + value);
    }
    return value.intValue();
  }

  private static double number(TensorDirectory tensors, String key, String field, JsonNode state)
      throws FormatException {
    JsonNode value = state.path(field);
    if (!value.isNumber()) {
      throw tensors.fault(key, field + ": expected a number, got " + value);
    }
    return value.doubleValue();
  }

  private static Tensor floats(TensorDirectory tensors, String key, long size)
      throws FormatException {
    stored(tensors, key, DType.F32, size);
    return tensors.tensor(key).reshape(Math.toIntExact(size));
  }

  /** Refuses a part that is missing, or has another type or number of elements. */
  private static void stored(TensorDirectory tensors, String key, DType type, long size)
      throws FormatException {
    if (!tensors.names().contains(key)) {
      throw tensors.fault(key, "expected " + type + " of " + size + " elements, got none");
    }
    StoredTensor stored = tensors.get(key);
    if (stored.dtype() != type || stored.size() != size) {
      throw tensors.fault(key, "expected %s of %d elements, got %s".formatted(type, size, stored));
    }
  }
}
