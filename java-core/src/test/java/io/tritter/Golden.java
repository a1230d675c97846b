package io.tritter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;

/**
 * Reference cases of {@code tests/golden}, as float32 tensors by name; integers are converted.
 *
 * <p>Deliberately not the product's safetensors reader, so that a fault there cannot hide here.
 */
public final class Golden {
  private static final Path DIRECTORY = Path.of("../tests/golden");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Golden() {}

  /** Tensors by name; one that is missing is an error. */
  public static final class Case extends LinkedHashMap<String, Tensor> {
    @java.io.Serial private static final long serialVersionUID = 1;

    @Override
    public Tensor get(Object name) {
      Tensor tensor = super.get(name);
      if (tensor == null) {
        throw new AssertionError("no tensor " + name + "; have " + keySet());
      }
      return tensor;
    }
  }

  /** The tensors of {@code tests/golden/<name>.safetensors}. */
  public static Case load(String name) {
    Path file = path(name + ".safetensors");
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      int headerSize = Math.toIntExact(bytes.getLong(0));
      JsonNode header = JSON.readTree(bytes.array(), Long.BYTES, headerSize);
      ByteBuffer data = bytes.position(Long.BYTES + headerSize).slice();
      data.order(ByteOrder.LITTLE_ENDIAN);
      Case tensors = new Case();
      header
          .properties()
          .forEach(
              entry -> {
                if (!entry.getKey().equals("__metadata__")) {
                  tensors.put(entry.getKey(), tensor(entry.getValue(), data));
                }
              });
      return tensors;
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  /** A file of {@code tests/golden}; fails with the command that makes it when it is missing. */
  public static Path path(String name) {
    Path file = DIRECTORY.resolve(name);
    if (!Files.exists(file)) {
      throw new AssertionError(
          "tests/golden/"
              + name
              + ": missing; make it with `python tests/golden/make_golden.py tests/golden 11 a`");
    }
    return file;
  }

  private static Tensor tensor(JsonNode entry, ByteBuffer data) {
    int[] shape = new int[entry.get("shape").size()];
    int size = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = entry.get("shape").get(i).asInt();
      size *= shape[i];
    }
    String type = entry.get("dtype").asText();
    int begin = entry.get("data_offsets").get(0).asInt();
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = value(data, type, begin, i);
    }
    return Tensor.of(values, shape);
  }

  private static float value(ByteBuffer data, String type, int begin, int i) {
    return switch (type) {
      case "F32" -> data.getFloat(begin + i * Float.BYTES);
      case "I64" -> data.getLong(begin + i * Long.BYTES);
      case "I32" -> data.getInt(begin + i * Integer.BYTES);
      case "U8" -> Byte.toUnsignedInt(data.get(begin + i));
      case "I8" -> data.get(begin + i);
      default -> throw new AssertionError("dtype of a golden tensor: " + type);
    };
  }
}
