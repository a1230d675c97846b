package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.tensor.Check;

/** Fields of a {@link DataStream#state}: refused with their names where they do not fit. */
final class StreamState {
  private static final String KIND = "kind";

  private StreamState() {}

  /** A state to fill. */
  static ObjectNode of(String kind) {
    return JsonNodeFactory.instance.objectNode().put(KIND, kind);
  }

  /** Refuses the state of another kind of stream. */
  static void check(JsonNode state, String kind) {
    if (!state.path(KIND).asText("").equals(kind)) {
      throw Check.expected("state", "that of a stream of kind '" + kind + "'", brief(state));
    }
  }

  /** A number of at least 0. */
  static long number(JsonNode state, String name) {
    JsonNode value = state.path(name);
    if (!value.canConvertToLong() || !value.isIntegralNumber() || value.longValue() < 0) {
      throw Check.expected("state." + name, "a whole number, at least 0", brief(value));
    }
    return value.longValue();
  }

  /** An object or list inside. */
  static JsonNode part(JsonNode state, String name) {
    JsonNode value = state.path(name);
    if (!value.isContainerNode()) {
      throw Check.expected("state." + name, "an object or a list", brief(value));
    }
    return value;
  }

  private static String brief(JsonNode value) {
    String text = value.isMissingNode() ? "none" : value.toString();
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }
}
