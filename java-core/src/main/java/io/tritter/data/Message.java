package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.List;

/** What somebody says in a conversation. */
public record Message(Role role, String content) {
  /** Who speaks. */
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL
  }

  /**
   * The messages in a list.
   *
   * @param name of the list, for errors
   * @throws IllegalArgumentException unless it is a list of objects with a role and a text
   */
  public static List<Message> list(JsonNode list, String name, String role, String content) {
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
    return switch (value) {
      case "system" -> Role.SYSTEM;
      case "user", "human" -> Role.USER;
      case "assistant", "gpt" -> Role.ASSISTANT;
      case "tool" -> Role.TOOL;
      default ->
          throw Check.expected(
              name, "roles system, user (human), assistant (gpt) and tool", "'" + value + "'");
    };
  }
}
