package io.tritter.cli;

import io.tritter.data.GgufTokenizer;
import io.tritter.data.Tokenizer;
import io.tritter.format.FormatException;
import io.tritter.format.Gguf;
import io.tritter.model.Adapters;
import io.tritter.model.Transformer;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model with its tokenizer, from a Hugging Face directory or a GGUF file. */
record ModelFile(Transformer model, Tokenizer tokenizer) {

  /**
   * Reads a directory of a model or an adapter, or a file that ends in {@code .gguf}, to run it:
   * ternary matrices are packed.
   *
   * @param base the model below an adapter; null for the one that it names
   */
  static ModelFile open(Path path, @Nullable Path base) throws IOException {
    if (Adapters.isDirectory(path)) {
      Path below = below(path, base);
      Adapters adapters = new Adapters(Transformer.load(below).pack());
      adapters.load("default", path);
      return new ModelFile(adapters.model(), Tokenizer.of(below));
    }
    if (base != null) {
      throw Check.expected("--base", "an adapter as --model", path);
    }
    if (!isGguf(path)) {
      return new ModelFile(Transformer.load(path).pack(), Tokenizer.of(path));
    }
    Tokenizer tokenizer;
    try (Gguf file = Gguf.open(path)) {
      tokenizer = GgufTokenizer.read(path.toString(), file.metadata());
    }
    if (tokenizer == null) {
      throw new FormatException(path.toString(), 0, "expected a byte-level BPE, got no such");
    }
    return new ModelFile(Transformer.loadGguf(path).pack(), tokenizer);
  }

  static boolean isGguf(Path path) {
    return path.toString().endsWith(".gguf") && !Files.isDirectory(path);
  }

  /** The model below an adapter: {@code base}, or else the one that the adapter names. */
  static Path below(Path adapter, @Nullable Path base) throws IOException {
    return base == null ? Adapters.baseModel(adapter) : base;
  }
}
