package io.tritter.bridge;

import io.tritter.data.GgufTokenizer;
import io.tritter.data.TextStream;
import io.tritter.data.Tokenizer;
import io.tritter.format.Gguf;
import io.tritter.format.GgufType;
import io.tritter.model.Generator;
import io.tritter.model.Sampling;
import io.tritter.model.Transformer;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.graalvm.polyglot.HostAccess;

/** Tokenizers, generation id by id, and GGUF files. */
public final class GenerationCalls {
  private final Memory memory;
  private final FileAccess files;

  GenerationCalls(Memory memory, FileAccess files) {
    this.memory = memory;
    this.files = files;
  }

  /** The tokenizer of a model's directory, or of bytes where that has none. */
  @HostAccess.Export
  public Tokenizer tokenizer(String directory) throws IOException {
    return Tokenizer.of(files.path(directory));
  }

  /** The tokenizer that a GGUF file carries, or of bytes. */
  @HostAccess.Export
  public Tokenizer ggufTokenizer(String file) throws IOException {
    try (Gguf gguf = Gguf.open(files.path(file))) {
      Tokenizer tokenizer = GgufTokenizer.read(file, gguf.metadata());
      return tokenizer == null ? Tokenizer.bytes() : tokenizer;
    }
  }

  @HostAccess.Export
  public Tokenizer bytes() {
    return Tokenizer.bytes();
  }

  @HostAccess.Export
  public int[] encode(Tokenizer tokenizer, String text) {
    return tokenizer.encode(text);
  }

  @HostAccess.Export
  public Generator generator(
      Transformer model,
      double temperature,
      int topK,
      double topP,
      double repetitionPenalty,
      long seed,
      long prompt,
      long promptCount) {
    Sampling sampling = new Sampling(temperature, topK, topP, repetitionPenalty);
    return new Generator(model, memory.ints("prompt", prompt, promptCount), sampling, seed);
  }

  @HostAccess.Export
  public int next(Generator generator) {
    return generator.next();
  }

  @HostAccess.Export
  public TextStream stream(Tokenizer tokenizer, String[] stops) {
    return new TextStream(tokenizer, List.of(stops));
  }

  @HostAccess.Export
  public String push(TextStream stream, int id) {
    return stream.push(id);
  }

  @HostAccess.Export
  public String end(TextStream stream) {
    return stream.end();
  }

  @HostAccess.Export
  public boolean stopped(TextStream stream) {
    return stream.stopped();
  }

  @HostAccess.Export
  public Transformer loadGguf(String file) throws IOException {
    return Transformer.loadGguf(files.path(file));
  }

  /**
   * Writes a GGUF file.
   *
   * @param tokenizer the directory with the tokenizer, or "" for bytes
   */
  @HostAccess.Export
  public void saveGguf(Transformer model, String file, String type, String tokenizer)
      throws IOException {
    Path path = files.path(file);
    GgufType wanted = Check.constant("type", GgufType.class, type);
    int vocabSize = model.config().vocabSize();
    model.saveGguf(
        path,
        wanted,
        tokenizer.isEmpty()
            ? GgufTokenizer.ofBytes(vocabSize)
            : GgufTokenizer.of(files.path(tokenizer), vocabSize));
  }
}
