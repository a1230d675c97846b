package io.tritter.serve;

import io.tritter.data.TextStream;
import io.tritter.data.Tokenizer;
import io.tritter.model.Generator;
import io.tritter.model.Transformer;
import java.io.IOException;
import java.time.Duration;

/** One answer while it is made. */
final class Completion {
  private final Transformer model;
  private final Tokenizer tokenizer;
  private final CompletionRequest request;
  private final int[] prompt;
  private final Duration most;
  private int made;
  private boolean ended;

  /** Takes text as it comes. */
  interface Reader {
    void accept(String piece) throws IOException;
  }

  Completion(
      Transformer model,
      Tokenizer tokenizer,
      CompletionRequest request,
      int[] prompt,
      Limits limits) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.request = request;
    this.prompt = prompt;
    this.most = Duration.ofSeconds(limits.seconds());
  }

  /** Generates, until a stop, the wanted length, or the time is up. */
  void run(Reader reader) throws IOException {
    long end = System.nanoTime() + most.toNanos();
    Generator generator = new Generator(model, prompt, request.sampling(), request.seed());
    TextStream text = new TextStream(tokenizer, request.stops());
    while (made < request.maxTokens() && !text.stopped() && System.nanoTime() - end < 0) {
      pass(reader, text.push(generator.next()));
      made++;
    }
    ended = text.stopped();
    pass(reader, text.end());
  }

  private static void pass(Reader reader, String piece) throws IOException {
    if (!piece.isEmpty()) {
      reader.accept(piece);
    }
  }

  int promptTokens() {
    return prompt.length;
  }

  int newTokens() {
    return made;
  }

  /** Why it ended: {@code stop} or {@code length}. */
  String finishReason() {
    return ended ? "stop" : "length";
  }
}
