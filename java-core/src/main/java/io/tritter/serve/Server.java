package io.tritter.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tritter.data.ChatTemplate;
import io.tritter.data.Tokenizer;
import io.tritter.format.JsonFile;
import io.tritter.model.Transformer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * An HTTP server with OpenAI's {@code /v1/models}, {@code /v1/completions} and {@code
 * /v1/chat/completions} for one model.
 *
 * <p>One request is answered at a time, with all threads of the kernels; so many more wait as
 * {@link Limits} says. There is no encryption and no password: it is for the machine that it runs
 * on, or for behind a proxy.
 */
public final class Server implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BACKLOG = 64;

  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Transformer model;
  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final String name;
  private final Limits limits;

  /** One answer at a time, in the order of the requests. */
  private final Semaphore turn = new Semaphore(1, true);

  /** Room for those that wait, and the one that is answered. */
  private final Semaphore room;

  private Server(
      HttpServer http,
      Transformer model,
      Tokenizer tokenizer,
      ChatTemplate template,
      String name,
      Limits limits) {
    this.http = http;
    this.model = model;
    this.tokenizer = tokenizer;
    this.template = template;
    this.name = name;
    this.limits = limits;
    this.room = new Semaphore(limits.waiting() + 1);
  }

  /**
   * Starts to answer.
   *
   * @param address port 0 for any that is free
   * @param template how the messages of a chat are written as one text
   * @param name of the model in requests and answers
   * @throws IOException if the address is not to be had
   */
  public static Server start(
      InetSocketAddress address,
      Transformer model,
      Tokenizer tokenizer,
      ChatTemplate template,
      String name,
      Limits limits)
      throws IOException {
    HttpServer http = HttpServer.create(address, BACKLOG);
    Server server = new Server(http, model, tokenizer, template, name, limits);
    http.createContext("/", server::answer);
    http.setExecutor(server.threads);
    http.start();
    return server;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return http.getAddress();
  }

  /** Ends at once; answers under way are cut. */
  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String route = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      switch (route) {
        case "GET /v1/models" -> send(exchange, 200, Answers.models(name));
        case "POST /v1/completions" -> complete(exchange, false);
        case "POST /v1/chat/completions" -> complete(exchange, true);
        default ->
            send(
                exchange,
                404,
                Answers.error(
                    "route: expected GET /v1/models, POST /v1/completions or POST"
                        + " /v1/chat/completions, got "
                        + route));
      }
    }
  }

  private void complete(HttpExchange exchange, boolean chat) throws IOException {
    CompletionRequest request;
    int[] ids;
    try {
      request = CompletionRequest.of(body(exchange), chat, template, limits);
      ids = tokenizer.encode(request.prompt());
    } catch (IllegalArgumentException e) {
      send(exchange, 400, Answers.error(String.valueOf(e.getMessage())));
      return;
    }
    if (!room.tryAcquire()) {
      exchange.getResponseHeaders().set("Retry-After", "1");
      send(
          exchange,
          429,
          Answers.error("requests: expected at most " + limits.waiting() + " that wait, got more"));
      return;
    }
    try {
      turn.acquire();
      try {
        Completion completion = new Completion(model, tokenizer, request, ids, limits);
        Answers answers = new Answers(name, request);
        if (request.stream()) {
          stream(exchange, completion, answers);
        } else {
          StringBuilder text = new StringBuilder();
          completion.run(text::append);
          send(exchange, 200, answers.whole(text.toString(), completion));
        }
      } finally {
        turn.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the server closes
    } finally {
      room.release();
    }
  }

  /** Server-sent events; a client that has gone ends the work with an IOException. */
  private static void stream(HttpExchange exchange, Completion completion, Answers answers)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      completion.run(piece -> event(out, answers.piece(piece)));
      event(out, answers.end(completion));
      out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void event(OutputStream out, ObjectNode data) throws IOException {
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private JsonNode body(HttpExchange exchange) throws IOException {
    try (InputStream in = exchange.getRequestBody()) {
      byte[] bytes = in.readNBytes(limits.bodyBytes() + 1);
      if (bytes.length > limits.bodyBytes()) {
        throw new IllegalArgumentException(
            "body: expected at most " + limits.bodyBytes() + " bytes, got more");
      }
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("body: expected JSON: " + JsonFile.complaint(e), e);
    }
  }

  private static void send(HttpExchange exchange, int status, ObjectNode json) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(json);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
