package io.tritter.jupyter;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.OutputStream;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/** The frontend as the Python side sees it: what is shown there, and what is typed there. */
public final class Frontend {
  private final Channels channels;
  private final Output output = new Output(this::stream);

  /** Whose outputs are published: the last request on the shell channel. */
  private volatile Message request;

  Frontend(Channels channels, Message first) {
    this.channels = channels;
    this.request = first;
  }

  /** Publishes a message that the request in work causes, after what was printed before it. */
  @HostAccess.Export
  public void publish(String type, String content) {
    output.flush();
    channels.publish(request.header(), type, Wire.parse(content));
  }

  /** Asks the user for a line; {@link #answer} has it. */
  @HostAccess.Export
  public void ask(String prompt) {
    output.flush();
    while (channels.stdin.receive(0) != null) {
      // an answer to what an interrupted cell had asked
    }
    JsonNode content = Wire.object().put("prompt", prompt).put("password", false);
    channels.stdin.send(request, "input_request", content);
  }

  /** What was typed, or null if nothing was within the time. */
  @HostAccess.Export
  public @Nullable String answer(int timeoutMillis) {
    Message reply = channels.stdin.receive(timeoutMillis);
    return reply == null ? null : reply.content().path("value").asText();
  }

  /** Begins a request: what is published from now on belongs to it. */
  void begin(Message next) {
    output.flush();
    request = next;
  }

  /** The stream {@code stdout} or {@code stderr}. */
  OutputStream stream(String name) {
    return output.stream(name);
  }

  void flush() {
    output.flush();
  }

  private void stream(String name, String text) {
    channels.publish(request.header(), "stream", Wire.object().put("name", name).put("text", text));
  }
}
