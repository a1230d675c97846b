package io.tritter.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.format.FormatException;
import java.nio.file.Path;

/**
 * Values of a JSON object by their keys; null stands for absent, as in what transformers writes.
 *
 * @param file named in errors
 * @param prefix of the keys in errors
 */
record JsonFields(Path file, JsonNode json, String prefix) {
  /** An integer that has to be there. */
  int integer(String key) throws FormatException {
    return whole(key, json.path(key));
  }

  int integer(String key, int otherwise) throws FormatException {
    return has(key) ? whole(key, json.path(key)) : otherwise;
  }

  double number(String key, double otherwise) throws FormatException {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = json.path(key);
    if (!value.isNumber()) {
      throw expected(key, "a number");
    }
    return value.asDouble();
  }

  boolean bool(String key, boolean otherwise) throws FormatException {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = json.path(key);
    if (!value.isBoolean()) {
      throw expected(key, "true or false");
    }
    return value.asBoolean();
  }

  String text(String key, String otherwise) throws FormatException {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = json.path(key);
    if (!value.isTextual()) {
      throw expected(key, "a text");
    }
    return value.asText();
  }

  /** The object under a key; one without keys where it is absent. */
  JsonFields object(String key) throws FormatException {
    JsonNode value = json.path(key);
    if (has(key) && !value.isObject()) {
      throw expected(key, "an object");
    }
    return new JsonFields(file, value, prefix + key + ".");
  }

  boolean has(String key) {
    return json.hasNonNull(key);
  }

  /** The error for what {@code key} has. */
  FormatException expected(String key, String rule) {
    return fail(prefix + key + ": expected " + rule + ", got " + json.path(key));
  }

  FormatException fail(String message) {
    return new FormatException(file.toString(), 0, message);
  }

  private int whole(String key, JsonNode value) throws FormatException {
    if (!value.isInt()) {
      throw expected(key, "an integer");
    }
    return value.intValue();
  }
}
