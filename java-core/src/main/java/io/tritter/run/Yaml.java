package io.tritter.run;

import io.tritter.format.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A YAML 1.2 document as nodes that know their lines, and settings {@code a.b=value} in it. */
final class Yaml {
  /** Far more than a file that people write. */
  private static final int MOST_CHARACTERS = 1 << 20;

  private Yaml() {}

  /**
   * The mapping that a text is.
   *
   * @param source the file, for errors
   * @param settings {@code key=value}, where dots lead into mappings and numbers into lists, as in
   *     {@code data.sources.0.weight=2}; they take the place of what the text says
   * @throws FormatException for a text that is no YAML or no mapping, and a setting that leads
   *     nowhere
   */
  static YamlMapping parse(String source, String text, List<String> settings)
      throws FormatException {
    if (text.length() > MOST_CHARACTERS) {
      throw FormatException.at(
          source, "line 1", 0, "expected at most " + MOST_CHARACTERS + " characters");
    }
    LoadSettings load =
        LoadSettings.builder()
            .setLabel(source)
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(0)
            .build();
    MappingNode root;
    try {
      Optional<Node> node = new Compose(load).composeString(text);
      root = mapping(source, node.orElse(emptyMapping()));
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark();
      throw error(source, mark, "expected YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw error(source, Optional.empty(), "expected YAML: " + e.getMessage());
    }
    for (String setting : settings) {
      set(root, setting);
    }
    return new YamlMapping(source, "", root);
  }

  /** An error with the line of a node; without a line it comes from a setting. */
  static FormatException error(String source, Optional<Mark> mark, String message) {
    return mark.isPresent()
        ? FormatException.at(
            source, "line " + (mark.get().getLine() + 1), mark.get().getIndex(), message)
        : FormatException.at(source, "setting", 0, message);
  }

  static MappingNode mapping(String source, Node node) throws FormatException {
    if (node instanceof MappingNode mapping) {
      return mapping;
    }
    throw error(source, node.getStartMark(), "expected keys and values, got " + describe(node));
  }

  static String describe(Node node) {
    return switch (node) {
      case ScalarNode scalar -> "'" + scalar.getValue() + "'";
      case SequenceNode sequence -> "a list";
      default -> "keys and values";
    };
  }

  static MappingNode emptyMapping() {
    return new MappingNode(Tag.MAP, new ArrayList<>(), FlowStyle.BLOCK);
  }

  private static void set(MappingNode root, String setting) throws FormatException {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw error("--set", Optional.empty(), "expected key=value, got '" + setting + "'");
    }
    String[] keys = setting.substring(0, equals).split("\\.", -1);
    Node value = value(setting.substring(equals + 1));
    Node at = root;
    for (int i = 0; i < keys.length; i++) {
      boolean last = i == keys.length - 1;
      @Nullable Node next = last ? value : child(at, keys[i]);
      if (next == null) {
        next = emptyMapping();
      }
      if (last || child(at, keys[i]) == null) {
        put(at, keys[i], next, setting);
      }
      at = next;
    }
  }

  private static Node value(String text) throws FormatException {
    try {
      return new Compose(LoadSettings.builder().setMaxAliasesForCollections(0).build())
          .composeString(text)
          .map(Yaml::withoutLine)
          .orElse(new ScalarNode(Tag.NULL, "", ScalarStyle.PLAIN));
    } catch (YamlEngineException e) {
      throw error("--set", Optional.empty(), "expected a value, got '" + text + "'");
    }
  }

  /** A line of the setting would be taken for one of the file. */
  private static Node withoutLine(Node node) {
    return node instanceof ScalarNode s
        ? new ScalarNode(s.getTag(), s.getValue(), s.getScalarStyle())
        : node;
  }

  private static @Nullable Node child(Node parent, String key) {
    if (parent instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key)) {
          return tuple.getValueNode();
        }
      }
    }
    return parent instanceof SequenceNode list && index(list, key) >= 0
        ? list.getValue().get(index(list, key))
        : null;
  }

  private static void put(Node parent, String key, Node value, String setting)
      throws FormatException {
    if (parent instanceof MappingNode mapping) {
      put(mapping, key, value);
    } else if (parent instanceof SequenceNode list && index(list, key) >= 0) {
      list.getValue().set(index(list, key), value);
    } else {
      throw error(
          "--set",
          Optional.empty(),
          "expected a key of the file, got '%s' in %s".formatted(key, setting));
    }
  }

  private static void put(MappingNode mapping, String key, Node value) {
    List<NodeTuple> tuples = new ArrayList<>(mapping.getValue());
    for (int i = 0; i < tuples.size(); i++) {
      Node known = tuples.get(i).getKeyNode();
      if (known instanceof ScalarNode name && name.getValue().equals(key)) {
        tuples.set(i, new NodeTuple(known, value));
        mapping.setValue(tuples);
        return;
      }
    }
    tuples.add(new NodeTuple(new ScalarNode(Tag.STR, key, ScalarStyle.PLAIN), value));
    mapping.setValue(tuples);
  }

  /** The place of an element in a list, or -1. */
  private static int index(SequenceNode list, String key) {
    boolean number = !key.isEmpty() && key.length() < 6 && key.chars().allMatch(Character::isDigit);
    int index = number ? Integer.parseInt(key) : -1;
    return index < list.getValue().size() ? index : -1;
  }
}
