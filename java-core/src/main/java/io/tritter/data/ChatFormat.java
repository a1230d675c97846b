package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.data.Message.Role;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A list of messages, each with who speaks and what is said. */
record ChatFormat(
    String messages, String role, String content, ChatTemplate template, boolean learnPrompts)
    implements RowFormat {
  @Override
  public List<TextPart> parts(JsonNode row) {
    List<Message> said = messages(row.path(messages), messages, role, content);
    if (!learnPrompts && said.stream().noneMatch(m -> m.role() == Role.ASSISTANT)) {
      throw Check.expected(messages, "an answer of the assistant to learn", "none");
    }
    return template.parts(said, learnPrompts);
  }

  /**
   * The messages in a list.
   *
   * @param name of the list, for errors
   * @throws IllegalArgumentException unless it is a list of objects with a role and a text
   */
  static List<Message> messages(JsonNode list, String name, String role, String content) {
    if (!list.isArray() || list.isEmpty()) {
      throw Check.expected(name, "a list of messages that is not empty", list.getNodeType());
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : list) {
      JsonNode who = message.path(role);
      JsonNode what = message.path(content);
      if (!who.isTextual() || !what.isTextual()) {
        String at = name + "[" + messages.size() + "]";
        throw Check.expected(at, "a text as " + role + " and as " + content, message);
      }
      messages.add(new Message(role(name, who.textValue()), what.textValue()));
    }
    return messages;
  }

  private static Role role(String name, String value) {
    @Nullable Role role =
        switch (value) {
          case "system" -> Role.SYSTEM;
          case "user", "human" -> Role.USER;
          case "assistant", "gpt" -> Role.ASSISTANT;
          case "tool" -> Role.TOOL;
          default -> null;
        };
    if (role == null) {
      throw Check.expected(
          name, "roles system, user (human), assistant (gpt) and tool", "'" + value + "'");
    }
    return role;
  }

  @Override
  public Set<String> columns() {
    return Set.of(messages);
  }
}
