package io.tritter.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.data.ByteTokenizer;
import io.tritter.data.ChatTemplate;
import io.tritter.data.Tokenizer;
import io.tritter.model.Generator;
import io.tritter.model.Sampling;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Transformer MODEL = Transformer.random(TransformerConfig.demo(), 3).pack();

  /** Nobody waits; requests of 2000 bytes; answers of 100,000 ids or a minute. */
  private static final Limits LIMITS = new Limits(0, 2000, 100_000, 60);

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // start() sets it
  private Server server;

  @BeforeEach
  void start() throws IOException {
    server = start(LIMITS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Server start(Limits limits) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return Server.start(any, MODEL, Tokenizer.bytes(), ChatTemplate.PLAIN, "demo", limits);
  }

  @Test
  void theModelIsListed() throws Exception {
    HttpResponse<String> answer =
        client.send(request("/v1/models").build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode());
    assertEquals("demo", JSON.readTree(answer.body()).at("/data/0/id").asText());
  }

  @Test
  void aCompletionIsWhatTheGeneratorSays() throws Exception {
    JsonNode json =
        post("/v1/completions", 200, "{'prompt': 'def ', 'max_tokens': 12, 'temperature': 0}");
    assertEquals(greedy("def ", 12), json.at("/choices/0/text").asText());
    assertEquals("length", json.at("/choices/0/finish_reason").asText());
    assertEquals("text_completion", json.path("object").asText());
    assertEquals(4, json.at("/usage/prompt_tokens").asInt());
    assertEquals(12, json.at("/usage/completion_tokens").asInt());
    assertEquals(16, json.at("/usage/total_tokens").asInt());
  }

  @Test
  void aStopEndsIt() throws Exception {
    String text = greedy("def ", 12);
    String stop = text.substring(3, 5);
    String body =
        JSON.createObjectNode()
            .put("prompt", "def ")
            .put("temperature", 0)
            .put("max_tokens", 12)
            .put("stop", stop)
            .toString();
    JsonNode json = post("/v1/completions", 200, body);
    assertEquals(text.substring(0, text.indexOf(stop)), json.at("/choices/0/text").asText());
    assertEquals("stop", json.at("/choices/0/finish_reason").asText());
  }

  @Test
  void aStreamHasTheSameTextAndEndsWithDone() throws Exception {
    String body = "{'prompt': ['def '], 'max_tokens': 12, 'temperature': 0, 'stream': true}";
    List<String> events = events("/v1/completions", body);
    assertEquals("[DONE]", events.remove(events.size() - 1));
    StringBuilder text = new StringBuilder();
    for (String event : events) {
      text.append(JSON.readTree(event).at("/choices/0/text").asText());
    }
    assertEquals(greedy("def ", 12), text.toString());
    JsonNode last = JSON.readTree(events.get(events.size() - 1));
    assertEquals("length", last.at("/choices/0/finish_reason").asText());
    assertEquals(12, last.at("/usage/completion_tokens").asInt());
  }

  @Test
  void aChatIsATextOfTurns() throws Exception {
    String messages =
        "'messages': [{'role': 'system', 'content': 'short'}, {'role': 'user', 'content': 'hi'}]";
    String options = ", 'max_tokens': 9, 'temperature': 0";
    JsonNode json = post("/v1/chat/completions", 200, "{" + messages + options + "}");
    assertEquals("chat.completion", json.path("object").asText());
    assertEquals("assistant", json.at("/choices/0/message/role").asText());
    String wanted = greedy("system: short\nuser: hi\nassistant:", 9);
    assertEquals(wanted, json.at("/choices/0/message/content").asText());
    StringBuilder text = new StringBuilder();
    for (String event :
        events("/v1/chat/completions", "{" + messages + options + ", 'stream': true}")) {
      if (!event.equals("[DONE]")) {
        text.append(JSON.readTree(event).at("/choices/0/delta/content").asText());
      }
    }
    assertEquals(wanted, text.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {                                            | body: expected JSON
          []                                           | body: expected a JSON object
          {}                                           | prompt: expected one text that is not empty, got none
          {'prompt': ''}                               | prompt: expected one text
          {'prompt': ['a', 'b']}                       | prompt: expected one text
          {'prompt': 'a', 'n': 2}                      | n: expected 1
          {'prompt': 'a', 'max_tokens': 0}             | max_tokens: expected 1 to 100000, got 0
          {'prompt': 'a', 'max_tokens': 1e9}           | max_tokens: expected an integer
          {'prompt': 'a', 'temperature': 'hot'}        | temperature: expected a number
          {'prompt': 'a', 'temperature': -1}           | temperature: expected
          {'prompt': 'a', 'top_p': 0}                  | topP: expected
          {'prompt': 'a', 'stop': 1}                   | stop: expected a text
          {'prompt': 'a', 'stop': ['1','2','3','4','5']} | stop: expected a text or at most 4
          {'prompt': 'a', 'logprobs': 5}               | logprobs: expected none
          """)
  void aRequestThatIsWrongIsToldWhy(String body, String message) throws Exception {
    JsonNode json = post("/v1/completions", 400, body);
    String said = json.at("/error/message").asText();
    assertTrue(said.startsWith(message), said);
    assertFalse(said.contains("Source"), said);
  }

  @Test
  void otherRequestsAreRefused() throws Exception {
    assertTrue(post("/v1/engines", 404, "{}").at("/error/message").asText().contains("route"));
    assertTrue(post("/v1/models", 404, "{}").at("/error/message").asText().contains("POST"));
    String large = "{'prompt': '" + "a".repeat(3000) + "'}";
    assertTrue(
        post("/v1/completions", 400, large).at("/error/message").asText().contains("2000 bytes"));
    assertTrue(
        post("/v1/chat/completions", 400, "{'messages': [{'role': 'user'}]}")
            .at("/error/message")
            .asText()
            .startsWith("messages[0]: expected a text"));
  }

  @Test
  void oneTooManyIsRefusedAndAClientThatLeavesMakesRoom() throws Exception {
    String endless = "{'prompt': 'def ', 'max_tokens': 100000, 'stream': true}";
    HttpResponse<InputStream> first =
        client.send(
            request("/v1/completions").POST(body(endless)).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertTrue(first.body().read() >= 0); // it is being answered
    String small = "{'prompt': 'a', 'max_tokens': 1}";
    JsonNode refused = post("/v1/completions", 429, small);
    assertTrue(refused.at("/error/message").asText().contains("at most 0 that wait"));
    first.body().close();
    int status = 429;
    for (int i = 0; i < 600 && status == 429; i++) {
      Thread.sleep(50);
      status = send("/v1/completions", small).statusCode();
    }
    assertEquals(200, status);
  }

  @Test
  void anAnswerEndsWhenItsTimeIsUp() throws Exception {
    server.close();
    server = start(new Limits(0, 2000, 1_000_000, 1));
    JsonNode json = post("/v1/completions", 200, "{'prompt': 'def ', 'max_tokens': 1000000}");
    assertEquals("length", json.at("/choices/0/finish_reason").asText());
    assertTrue(json.at("/usage/completion_tokens").asInt() < 1_000_000);
  }

  private static String greedy(String prompt, int count) {
    Generator generator = new Generator(MODEL, ByteTokenizer.encode(prompt), Sampling.GREEDY, 0);
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = generator.next();
    }
    return ByteTokenizer.decode(ids);
  }

  private JsonNode post(String path, int status, String json) throws Exception {
    HttpResponse<String> answer = send(path, json);
    assertEquals(status, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> send(String path, String json) throws Exception {
    return client.send(
        request(path).POST(body(json)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<String> events(String path, String json) throws Exception {
    HttpResponse<InputStream> answer =
        client.send(
            request(path).POST(body(json)).build(), HttpResponse.BodyHandlers.ofInputStream());
    assertEquals(200, answer.statusCode());
    List<String> events = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.isEmpty())
          .forEach(line -> events.add(line.substring("data: ".length())));
    }
    return events;
  }

  /** JSON with single quotes, unless it has double ones already. */
  private static HttpRequest.BodyPublisher body(String json) {
    return HttpRequest.BodyPublishers.ofString(
        json.contains("\"") ? json : json.replace('\'', '"'));
  }

  private HttpRequest.Builder request(String path) {
    InetSocketAddress at = server.address();
    return HttpRequest.newBuilder(
        URI.create("http://" + at.getHostString() + ":" + at.getPort() + path));
  }
}
