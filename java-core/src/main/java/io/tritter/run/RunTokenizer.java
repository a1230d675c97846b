package io.tritter.run;

import io.tritter.data.Tokenizer;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a run.
 *
 * @param file its {@code tokenizer.json}, which belongs beside the model; null for bytes
 */
record RunTokenizer(Tokenizer tokenizer, @Nullable Path file) {

  /** The tokenizer that a run file names, or else that of the model, or else bytes. */
  static RunTokenizer of(RunFile run) throws IOException {
    String named = run.tokenizer();
    Path folder = named == null ? run.model().path() : Path.of(named);
    if (folder == null || "bytes".equals(named)) {
      return new RunTokenizer(Tokenizer.bytes(), null);
    }
    Path json = folder.resolve(Tokenizer.FILE);
    if (named != null && !Files.exists(json)) {
      throw Check.expected("tokenizer", "bytes, or a directory with " + Tokenizer.FILE, named);
    }
    return new RunTokenizer(Tokenizer.of(folder), Files.exists(json) ? json : null);
  }
}
