package io.tritter.cli;

import io.tritter.data.GgufTokenizer;
import io.tritter.data.Tokenizer;
import io.tritter.format.FormatException;
import io.tritter.format.Gguf;
import io.tritter.model.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model with its tokenizer, from a Hugging Face directory or a GGUF file. */
record ModelFile(Transformer model, Tokenizer tokenizer) {

  /** Reads a directory, or a file that ends in {@code .gguf}. */
  static ModelFile open(Path path) throws IOException {
    if (Files.isDirectory(path) || !path.toString().endsWith(".gguf")) {
      return new ModelFile(Transformer.load(path), Tokenizer.of(path));
    }
    Tokenizer tokenizer;
    try (Gguf file = Gguf.open(path)) {
      tokenizer = GgufTokenizer.read(path.toString(), file.metadata());
    }
    if (tokenizer == null) {
      throw new FormatException(path.toString(), 0, "expected a byte-level BPE, got no such");
    }
    return new ModelFile(Transformer.loadGguf(path), tokenizer);
  }
}
