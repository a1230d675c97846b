package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The fields of a format, some of them under other names. */
final class FieldNames {
  private final String format;
  private final Map<String, String> others;
  private final List<String> known = new ArrayList<>();

  FieldNames(String format, Map<String, String> others) {
    this.format = format;
    this.others = others;
  }

  /** What a field is called in the rows. */
  String of(String name) {
    known.add(name);
    return others.getOrDefault(name, name);
  }

  /** The same, or null where it was not said. */
  @Nullable String optional(String name) {
    known.add(name);
    return others.get(name);
  }

  /** Refuses names of fields that were not asked for. */
  void requireAllUsed() {
    for (String name : new TreeSet<>(others.keySet())) {
      if (!known.contains(name)) {
        throw Check.expected("fields of " + format, "some of " + known, "'" + name + "'");
      }
    }
  }

  /**
   * The text in a field.
   *
   * @throws IllegalArgumentException if it is none
   */
  static String text(JsonNode row, String field) {
    JsonNode value = row.path(field);
    if (!value.isTextual()) {
      throw Check.expected("field '" + field + "'", "a text", got(row, value));
    }
    return value.textValue();
  }

  /** What stands there instead, and beside which fields. */
  static String got(JsonNode row, JsonNode value) {
    if (value.isMissingNode()) {
      List<String> names = new ArrayList<>();
      row.fieldNames().forEachRemaining(names::add);
      return "none; the row has " + names;
    }
    return value.isNull() ? "null" : "a value of type " + value.getNodeType();
  }
}
