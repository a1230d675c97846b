package io.tritter.model;

import io.tritter.format.FormatException;
import io.tritter.format.Gguf;
import io.tritter.format.GgufTensor;
import io.tritter.format.GgufValue;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Metadata and tensors of a GGUF file by their names.
 *
 * @param path named in errors
 */
record GgufFields(Path path, Gguf file) {
  boolean has(String key) {
    return file.metadata().containsKey(key);
  }

  int integer(String key) throws FormatException {
    long value = get(key, GgufValue::asLong);
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw fail(key + ": expected 1 to 2^31 - 1, got " + value);
    }
    return (int) value;
  }

  int integer(String key, int otherwise) throws FormatException {
    return has(key) ? integer(key) : otherwise;
  }

  float number(String key) throws FormatException {
    return (float) (double) get(key, GgufValue::asDouble);
  }

  float number(String key, float otherwise) throws FormatException {
    return has(key) ? number(key) : otherwise;
  }

  String text(String key) throws FormatException {
    return get(key, GgufValue::asString);
  }

  GgufTensor tensor(String name) throws FormatException {
    GgufTensor tensor = file.tensors().get(name);
    if (tensor == null) {
      throw fail("expected a tensor " + name + ", got none");
    }
    return tensor;
  }

  GgufTensor tensor(String name, int... shape) throws FormatException {
    GgufTensor tensor = tensor(name);
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw fail(
          "%s: expected shape %s, got %s"
              .formatted(name, Arrays.toString(shape), Arrays.toString(tensor.shape())));
    }
    return tensor;
  }

  FormatException fail(String message) {
    return new FormatException(path.toString(), 0, message);
  }

  private <T> T get(String key, Function<GgufValue, T> as) throws FormatException {
    GgufValue value = file.metadata().get(key);
    if (value == null) {
      throw fail("expected a value of " + key + ", got none");
    }
    try {
      return as.apply(value);
    } catch (IllegalArgumentException e) {
      throw fail(key + ", " + e.getMessage());
    }
  }
}
