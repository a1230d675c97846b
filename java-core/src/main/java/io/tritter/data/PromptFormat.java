package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/** A prompt, and the text that goes on after it. */
record PromptFormat(String prompt, String completion, boolean learnPrompts) implements RowFormat {
  @Override
  public List<TextPart> parts(JsonNode row) {
    return List.of(
        new TextPart(FieldNames.text(row, prompt), learnPrompts),
        new TextPart(FieldNames.text(row, completion), true),
        TextPart.END);
  }

  @Override
  public Set<String> columns() {
    return Set.of(prompt, completion);
  }
}
