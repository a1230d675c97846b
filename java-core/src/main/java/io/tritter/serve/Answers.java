package io.tritter.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The JSON of answers to one request, as OpenAI's API has them. */
final class Answers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicLong COUNTER = new AtomicLong();

  private final String model;
  private final boolean chat;
  private final boolean stream;
  private final String id;
  private final long created = System.currentTimeMillis() / 1000;

  Answers(String model, CompletionRequest request) {
    this.model = model;
    this.chat = request.chat();
    this.stream = request.stream();
    this.id = (chat ? "chatcmpl-" : "cmpl-") + COUNTER.incrementAndGet();
  }

  static ObjectNode error(String message) {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("error").put("message", message).put("type", "invalid_request_error");
    return json;
  }

  static ObjectNode models(String name) {
    ObjectNode json = JSON.createObjectNode().put("object", "list");
    json.putArray("data").addObject().put("id", name).put("object", "model").put("owned_by", "me");
    return json;
  }

  /** The answer in one. */
  ObjectNode whole(String text, Completion completion) {
    ObjectNode json = frame();
    ObjectNode choice = choice(json, completion.finishReason());
    if (chat) {
      choice.putObject("message").put("role", "assistant").put("content", text);
    } else {
      choice.put("text", text);
    }
    putUsage(json, completion);
    return json;
  }

  /** A piece of a stream. */
  ObjectNode piece(String text) {
    ObjectNode json = frame();
    put(choice(json, null), text);
    return json;
  }

  /** The last piece of a stream, which has no text. */
  ObjectNode end(Completion completion) {
    ObjectNode json = frame();
    ObjectNode choice = choice(json, completion.finishReason());
    if (chat) {
      choice.putObject("delta");
    } else {
      choice.put("text", "");
    }
    putUsage(json, completion);
    return json;
  }

  private void put(ObjectNode choice, String text) {
    if (chat) {
      choice.putObject("delta").put("role", "assistant").put("content", text);
    } else {
      choice.put("text", text);
    }
  }

  private ObjectNode frame() {
    String object =
        chat ? (stream ? "chat.completion.chunk" : "chat.completion") : "text_completion";
    return JSON.createObjectNode()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", model);
  }

  private static ObjectNode choice(ObjectNode json, @Nullable String finishReason) {
    ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
    return choice.putNull("logprobs").put("finish_reason", finishReason);
  }

  private static void putUsage(ObjectNode json, Completion completion) {
    json.putObject("usage")
        .put("prompt_tokens", completion.promptTokens())
        .put("completion_tokens", completion.newTokens())
        .put("total_tokens", completion.promptTokens() + completion.newTokens());
  }
}
