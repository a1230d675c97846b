package io.tritter.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.tensor.Check;

/**
 * Messages as a text to continue: a line {@code role: content} each, then {@code assistant:}. The
 * templates of {@code tokenizer_config.json} are programs, and not run here.
 */
final class Conversation {
  /** With what the answer would go on past its end. */
  static final String NEXT_TURN = "\nuser:";

  private Conversation() {}

  /**
   * The text.
   *
   * @throws IllegalArgumentException unless it is a list of messages with role and text
   */
  static String prompt(JsonNode messages) {
    if (!messages.isArray() || messages.isEmpty()) {
      throw Check.expected("messages", "a list that is not empty", messages);
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode message : messages) {
      JsonNode role = message.path("role");
      JsonNode content = message.path("content");
      if (!role.isTextual() || !content.isTextual()) {
        throw Check.expected("messages", "a text as role and as content of each", message);
      }
      text.append(role.textValue()).append(": ").append(content.textValue()).append('\n');
    }
    return text + "assistant:";
  }
}
