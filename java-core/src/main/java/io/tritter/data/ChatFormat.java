package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.data.Message.Role;
import io.tritter.tensor.Check;
import java.util.List;
import java.util.Set;

/** A list of messages, each with who speaks and what is said. */
record ChatFormat(
    String messages, String role, String content, ChatTemplate template, boolean learnPrompts)
    implements RowFormat {
  @Override
  public List<TextPart> parts(JsonNode row) {
    List<Message> said = Message.list(row.path(messages), messages, role, content);
    if (!learnPrompts && said.stream().noneMatch(m -> m.role() == Role.ASSISTANT)) {
      throw Check.expected(messages, "an answer of the assistant to learn", "none");
    }
    return template.parts(said, learnPrompts);
  }

  @Override
  public Set<String> columns() {
    return Set.of(messages);
  }
}
