package io.tritter.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import io.tritter.data.ChatTemplate;
import io.tritter.data.Message;
import io.tritter.model.Sampling;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request asks for.
 *
 * @param prompt the text to continue
 * @param chat whether it came as messages, and the answer goes as one
 * @param maxTokens ids to add at most
 * @param stops texts before which the answer ends
 * @param stream whether the answer comes in pieces
 */
record CompletionRequest(
    String prompt,
    boolean chat,
    int maxTokens,
    Sampling sampling,
    List<String> stops,
    long seed,
    boolean stream) {
  private static final int DEFAULT_TOKENS = 256;
  private static final int MOST_STOPS = 4;

  /**
   * Reads the body of a request. Fields that change nothing here, such as {@code user}, are
   * skipped.
   *
   * @param template how messages are written as one text
   * @throws IllegalArgumentException for a field with another type or out of its range, and for
   *     what this server does not do
   */
  static CompletionRequest of(JsonNode body, boolean chat, ChatTemplate template, Limits limits) {
    if (!body.isObject()) {
      throw Check.expected("body", "a JSON object", body.getNodeType());
    }
    if (body.path("n").asInt(1) != 1) {
      throw Check.expected("n", "1", body.path("n"));
    }
    for (String field : List.of("logprobs", "tools", "functions", "response_format", "suffix")) {
      JsonNode value = body.path(field);
      if (!value.isMissingNode() && !value.isNull() && !value.equals(BooleanNode.FALSE)) {
        throw Check.expected(field, "none: this server does not do that", value);
      }
    }
    String maxTokens = body.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
    int wanted = integer(body, maxTokens, Math.min(DEFAULT_TOKENS, limits.newTokens()));
    if (wanted < 1 || wanted > limits.newTokens()) {
      throw Check.expected(maxTokens, "1 to " + limits.newTokens(), wanted);
    }
    Sampling sampling =
        new Sampling(
            number(body, "temperature", 1),
            integer(body, "top_k", 0),
            number(body, "top_p", 1),
            number(body, "repetition_penalty", 1));
    List<String> stops = new ArrayList<>(strings(body, "stop"));
    String prompt;
    if (chat) {
      prompt = template.prompt(Message.list(body.path("messages"), "messages", "role", "content"));
      stops.addAll(template.stops());
    } else {
      prompt = prompt(body);
    }
    return new CompletionRequest(
        prompt,
        chat,
        wanted,
        sampling,
        stops,
        integer(body, "seed", 0),
        body.path("stream").asBoolean(false));
  }

  private static String prompt(JsonNode body) {
    JsonNode prompt = body.path("prompt");
    JsonNode only = prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
    if (!only.isTextual() || only.textValue().isEmpty()) {
      throw Check.expected(
          "prompt", "one text that is not empty", prompt.isMissingNode() ? "none" : prompt);
    }
    return only.textValue();
  }

  private static List<String> strings(JsonNode body, String name) {
    JsonNode value = body.path(name);
    List<String> texts = new ArrayList<>();
    if (value.isTextual()) {
      texts.add(value.textValue());
    } else if (value.isArray() && value.size() <= MOST_STOPS) {
      for (JsonNode text : value) {
        if (!text.isTextual()) {
          throw Check.expected(name, "texts", text);
        }
        texts.add(text.textValue());
      }
    } else if (!value.isMissingNode() && !value.isNull()) {
      throw Check.expected(name, "a text or at most " + MOST_STOPS, value);
    }
    return texts;
  }

  private static int integer(JsonNode body, String name, int otherwise) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isInt()) {
      throw Check.expected(name, "an integer", value);
    }
    return value.intValue();
  }

  private static double number(JsonNode body, String name, double otherwise) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber()) {
      throw Check.expected(name, "a number", value);
    }
    return value.doubleValue();
  }
}
