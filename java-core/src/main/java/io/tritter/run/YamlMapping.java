package io.tritter.run;

import io.tritter.format.FormatException;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Keys and values of a run file, read one by one with their types; {@link #end} then refuses what
 * nobody has asked for. Each error names file, line and key.
 */
final class YamlMapping {
  private final String source;
  private final String path;
  private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
  private final TreeSet<String> known = new TreeSet<>();
  private final Optional<Mark> mark;

  YamlMapping(String source, String path, MappingNode node) throws FormatException {
    this.source = source;
    this.path = path;
    this.mark = node.getStartMark();
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw error(tuple.getKeyNode(), "expected a name, got a list or mapping as key");
      }
      entries.put(key.getValue(), tuple);
    }
  }

  /** Makes a value of what was read; its complaint gets the line of this mapping. */
  interface Construction<T> {
    T make() throws FormatException;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  boolean has(String key) {
    return node(key) != null;
  }

  String text(String key, String absent) throws FormatException {
    String text = text(key);
    return text == null ? absent : text;
  }

  @Nullable String text(String key) throws FormatException {
    ScalarNode scalar = scalar(key, "a text");
    return scalar == null ? null : scalar.getValue();
  }

  /** A text that has to be there. */
  String needed(String key) throws FormatException {
    String text = text(key);
    if (text == null) {
      throw Yaml.error(source, mark, name(key) + ": expected a text, got none");
    }
    return text;
  }

  long whole(String key, long absent) throws FormatException {
    ScalarNode scalar = scalar(key, "a whole number");
    if (scalar == null) {
      return absent;
    }
    try {
      return Long.parseLong(scalar.getValue().replace("_", ""));
    } catch (NumberFormatException e) {
      throw unfit(key, scalar, "a whole number");
    }
  }

  int integer(String key, int absent) throws FormatException {
    long value = whole(key, absent);
    if (value != (int) value) {
      throw unfit(key, scalar(key, ""), "a whole number of at most 2147483647");
    }
    return (int) value;
  }

  double number(String key, double absent) throws FormatException {
    ScalarNode scalar = scalar(key, "a number");
    if (scalar == null) {
      return absent;
    }
    try {
      double value = Double.parseDouble(scalar.getValue().replace("_", ""));
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the same error as for an infinity
    }
    throw unfit(key, scalar, "a finite number");
  }

  boolean flag(String key, boolean absent) throws FormatException {
    ScalarNode scalar = scalar(key, "true or false");
    if (scalar == null) {
      return absent;
    }
    return switch (scalar.getValue()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw unfit(key, scalar, "true or false");
    };
  }

  <E extends Enum<E>> E constant(String key, E absent) throws FormatException {
    ScalarNode scalar = scalar(key, "a name");
    if (scalar == null) {
      return absent;
    }
    try {
      return Check.constant(name(key), absent.getDeclaringClass(), scalar.getValue());
    } catch (IllegalArgumentException e) {
      throw Yaml.error(source, scalar.getStartMark(), String.valueOf(e.getMessage()));
    }
  }

  /** What {@code construction} makes of the value of a key; its complaint gets the line of that. */
  <T> T checked(String key, Construction<T> construction) throws FormatException {
    try {
      return construction.make();
    } catch (IllegalArgumentException e) {
      throw refused(key, name(key) + ": " + e.getMessage());
    }
  }

  /** An error about the value of a key. */
  FormatException refused(String key, String message) {
    Node node = node(key);
    return Yaml.error(source, node == null ? mark : node.getStartMark(), message);
  }

  /** The mapping behind a key, empty where there is none. */
  YamlMapping mapping(String key) throws FormatException {
    Node node = node(key);
    return new YamlMapping(
        source, name(key), node == null ? Yaml.emptyMapping() : Yaml.mapping(source, node));
  }

  /** The mappings in the list behind a key. */
  List<YamlMapping> mappings(String key) throws FormatException {
    List<YamlMapping> all = new ArrayList<>();
    Node node = node(key);
    if (node != null && !(node instanceof SequenceNode)) {
      throw unfit(key, node, "a list");
    }
    if (node instanceof SequenceNode list) {
      for (Node element : list.getValue()) {
        String name = name(key) + "[" + all.size() + "]";
        all.add(new YamlMapping(source, name, Yaml.mapping(source, element)));
      }
    }
    return all;
  }

  /** The texts in the list behind a key; null for a single text. */
  @Nullable List<String> list(String key) throws FormatException {
    if (!(node(key) instanceof SequenceNode list)) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    for (Node element : list.getValue()) {
      if (!(element instanceof ScalarNode text)) {
        throw unfit(key, element, "texts");
      }
      texts.add(text.getValue());
    }
    return texts;
  }

  /** Texts by name. */
  Map<String, String> texts(String key) throws FormatException {
    YamlMapping mapping = mapping(key);
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : mapping.entries.keySet()) {
      texts.put(name, mapping.needed(name));
    }
    return texts;
  }

  /** What {@code construction} makes of the values, once every key here is known. */
  <T> T end(Construction<T> construction) throws FormatException {
    for (Map.Entry<String, NodeTuple> entry : entries.entrySet()) {
      if (!known.contains(entry.getKey())) {
        throw error(
            entry.getValue().getKeyNode(),
            "%s: expected %s, got no such key".formatted(name(entry.getKey()), nearest(entry)));
      }
    }
    try {
      return construction.make();
    } catch (IllegalArgumentException e) {
      String where = path.isEmpty() ? "" : path + ": ";
      throw Yaml.error(source, mark, where + e.getMessage());
    }
  }

  private String nearest(Map.Entry<String, NodeTuple> entry) {
    String nearest = "";
    int least = Integer.MAX_VALUE;
    for (String name : known) {
      int distance = EditDistance.of(entry.getKey(), name);
      if (distance < least) {
        least = distance;
        nearest = name;
      }
    }
    return least <= Math.max(2, entry.getKey().length() / 3)
        ? "'" + nearest + "'"
        : "one of " + String.join(", ", known);
  }

  private @Nullable ScalarNode scalar(String key, String rule) throws FormatException {
    Node node = node(key);
    if (node == null || node instanceof ScalarNode) {
      return (ScalarNode) node;
    }
    throw unfit(key, node, rule);
  }

  /** The node behind a key; null for none and for {@code null}. */
  private @Nullable Node node(String key) {
    known.add(key);
    NodeTuple tuple = entries.get(key);
    if (tuple == null || tuple.getValueNode().getTag().equals(Tag.NULL)) {
      return null;
    }
    return tuple.getValueNode();
  }

  private FormatException unfit(String key, @Nullable Node node, String rule) {
    String got = node == null ? "none" : Yaml.describe(node);
    return Yaml.error(
        source,
        node == null ? mark : node.getStartMark(),
        "%s: expected %s, got %s".formatted(name(key), rule, got));
  }

  private FormatException error(Node node, String message) {
    return Yaml.error(source, node.getStartMark(), message);
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
