package io.tritter.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Text to ids and back. Any number of threads may use one. */
public interface Tokenizer {
  /** Where Hugging Face directories keep theirs. */
  String FILE = "tokenizer.json";

  /** Ids of a text, with those that the tokenizer puts around every text, such as a first one. */
  int[] encode(String text);

  /** Ids of a text that goes on after another: nothing is put around it. */
  int[] encodePart(String text);

  /**
   * The text of ids; special ones are left out, and bytes that are not UTF-8 become U+FFFD.
   *
   * @throws IllegalArgumentException for an id outside the vocabulary
   */
  String decode(int... ids);

  /** Number of ids. */
  int vocabSize();

  /** Ids that say that a text ends here, the usual one first; none for bytes. */
  Set<Integer> endIds();

  /** One id a byte of UTF-8; see {@link ByteTokenizer}. */
  static Tokenizer bytes() {
    return Bytes.INSTANCE;
  }

  /**
   * The tokenizer of a model's directory: {@code tokenizer.json}, with the end ids that {@code
   * generation_config.json} or else {@code config.json} names; bytes where there is none.
   *
   * @throws io.tritter.format.FormatException if a file is not what it should be
   */
  static Tokenizer of(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    return Files.exists(file) ? TokenizerFile.read(file, EndIds.of(directory)) : bytes();
  }

  /** {@link ByteTokenizer} as an object. */
  enum Bytes implements Tokenizer {
    INSTANCE;

    @Override
    public int[] encode(String text) {
      return ByteTokenizer.encode(text);
    }

    @Override
    public int[] encodePart(String text) {
      return ByteTokenizer.encode(text);
    }

    @Override
    public String decode(int... ids) {
      return ByteTokenizer.decode(ids);
    }

    @Override
    public int vocabSize() {
      return ByteTokenizer.VOCABULARY;
    }

    @Override
    public Set<Integer> endIds() {
      return Set.of();
    }
  }
}
