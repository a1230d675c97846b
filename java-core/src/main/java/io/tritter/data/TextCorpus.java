package io.tritter.data;

import io.tritter.tensor.Check;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A text in two parts: bytes to train on and bytes held out to judge by.
 *
 * <p>The rule, which depends on names and contents only: files are taken in the order of their
 * relative paths. An empty file and one with the very content of an earlier file are left out, so
 * that no held-out file is also trained on. With {@link #HOLD_OUT_EVERY} files or more, every
 * twentieth is held out whole; with fewer, the last twentieth of the joined text, from a line start
 * on where there is one.
 */
public final class TextCorpus {
  /** One part in so many is held out. */
  public static final int HOLD_OUT_EVERY = 20;

  /** What a Java array can hold, and the default limit. */
  public static final int MOST_BYTES = Integer.MAX_VALUE - 64;

  private final byte[] training;
  private final byte[] heldOut;
  private final int files;

  private TextCorpus(byte[] training, byte[] heldOut, int files) {
    this.training = training;
    this.heldOut = heldOut;
    this.files = files;
  }

  /**
   * Reads a file, or the files below a folder.
   *
   * @param path a file, or a folder that is searched through all its levels
   * @param suffix what the names of a folder's files end in, such as {@code .py}; a file given
   *     itself is taken whatever its name
   * @param limitBytes the file that passes this limit is cut there, later ones are left out
   * @throws IllegalArgumentException for a folder without such a file, and fewer than 2 bytes on
   *     either side
   * @throws IOException if a file or folder is missing or cannot be read
   */
  public static TextCorpus read(Path path, String suffix, int limitBytes) throws IOException {
    Check.atLeast("limitBytes", limitBytes, 1);
    int left = Math.min(limitBytes, MOST_BYTES);
    List<byte[]> texts = new ArrayList<>();
    Set<ByteBuffer> seen = new HashSet<>();
    for (Path file : files(path, suffix)) {
      byte[] text = readUpTo(file, left);
      if (text.length > 0 && seen.add(ByteBuffer.wrap(text))) {
        texts.add(text);
        left -= text.length;
      }
      if (left == 0) {
        break;
      }
    }
    TextCorpus corpus = split(texts);
    if (corpus.training.length < 2 || corpus.heldOut.length < 2) {
      throw Check.expected(
          path.toString(),
          "a text with at least 2 bytes to train on and 2 to hold out",
          (corpus.training.length + corpus.heldOut.length) + " bytes in all");
    }
    return corpus;
  }

  /** The bytes to train on. */
  public byte[] training() {
    return training;
  }

  /** The bytes that no training step may see. */
  public byte[] heldOut() {
    return heldOut;
  }

  /** Number of files that the text comes from. */
  public int files() {
    return files;
  }

  private static List<Path> files(Path path, String suffix) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    List<Path> files = DataFiles.below(path, file -> file.toString().endsWith(suffix));
    if (files.isEmpty()) {
      throw Check.expected(path.toString(), "files whose names end in " + suffix, "none");
    }
    return files;
  }

  private static byte[] readUpTo(Path file, int limit) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(limit);
    }
  }

  private static TextCorpus split(List<byte[]> texts) {
    ByteArrayOutputStream training = new ByteArrayOutputStream();
    ByteArrayOutputStream heldOut = new ByteArrayOutputStream();
    boolean byFile = texts.size() >= HOLD_OUT_EVERY;
    for (int i = 0; i < texts.size(); i++) {
      boolean hold = byFile && i % HOLD_OUT_EVERY == HOLD_OUT_EVERY / 2;
      (hold ? heldOut : training).writeBytes(texts.get(i));
    }
    if (byFile) {
      return new TextCorpus(training.toByteArray(), heldOut.toByteArray(), texts.size());
    }
    byte[] all = training.toByteArray();
    int cut = cut(all);
    return new TextCorpus(
        Arrays.copyOf(all, cut), Arrays.copyOfRange(all, cut, all.length), texts.size());
  }

  /** The first line start in the last twentieth that leaves at least half of it. */
  private static int cut(byte[] text) {
    int part = Math.ceilDiv(text.length, HOLD_OUT_EVERY);
    int from = text.length - part;
    for (int i = from; i < from + part / 2; i++) {
      if (i > 0 && text[i - 1] == '\n') {
        return i;
      }
    }
    return from;
  }
}
