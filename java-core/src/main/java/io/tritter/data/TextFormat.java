package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A document that is learned whole.
 *
 * @param field null to find it, row by row: {@code text}, else {@code content}, else the only text
 */
record TextFormat(@Nullable String field) implements RowFormat {
  private static final List<String> USUAL = List.of("text", "content");

  @Override
  public List<TextPart> parts(JsonNode row) {
    String name = field == null ? find(row) : field;
    String text = row.path(name).isNull() ? "" : FieldNames.text(row, name);
    return List.of(new TextPart(text, true), TextPart.END);
  }

  /** Null is what a table has in a row without text. */
  private static boolean mayHoldText(JsonNode value) {
    return value.isTextual() || value.isNull();
  }

  private static String find(JsonNode row) {
    for (String name : USUAL) {
      if (mayHoldText(row.path(name))) {
        return name;
      }
    }
    List<String> texts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : row.properties()) {
      if (mayHoldText(entry.getValue())) {
        texts.add(entry.getKey());
      }
    }
    if (texts.size() != 1) {
      throw Check.expected("row", "a field " + USUAL + " or one text", texts);
    }
    return texts.get(0);
  }

  @Override
  public Set<String> columns() {
    return field == null ? Set.of() : Set.of(field);
  }
}
