package io.tritter.data;

import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that is one JSON array of objects; never more of it than one element is in memory. */
final class JsonArrayRows implements RowReader {
  private final String file;
  private final BadRows bad;
  private final ByteReader bytes;
  private final JsonRow json = new JsonRow();
  private long elements;

  JsonArrayRows(Path file, Place from, BadRows bad) throws IOException {
    this.file = file.toString();
    this.bad = bad;
    bytes = new ByteReader(file, from.offset());
    elements = from.rows();
  }

  /** Whether the first byte that is no white space opens an array. */
  static boolean is(Path file) throws IOException {
    try (ByteReader bytes = new ByteReader(file, 0)) {
      return afterSpace(bytes) == '[';
    }
  }

  @Override
  public @Nullable Row next() throws IOException {
    while (atElement()) {
      Place at = new Place(bytes.offset(), elements);
      collect();
      elements++;
      if (bytes.tooLong()) {
        bad.add(file, "element", at, JsonRows.tooLong());
        continue;
      }
      try {
        return Row.whole(json.parse(bytes.row()), at);
      } catch (IllegalArgumentException e) {
        bad.add(file, "element", at, String.valueOf(e.getMessage()));
      }
    }
    return null;
  }

  /** Reads what stands before an element; false where the array ends. */
  private boolean atElement() throws IOException {
    boolean first = bytes.offset() == 0;
    int next = afterSpace(bytes);
    if (first) {
      require(next == '[', "[ at the beginning of the array");
      bytes.read();
      next = afterSpace(bytes);
    }
    if (next == ']') {
      return false;
    }
    if (!first) {
      require(next == ',', ", or ] behind an element");
      bytes.read();
    }
    afterSpace(bytes);
    return true;
  }

  /** Collects an element, up to the comma or bracket behind it, which is left. */
  private void collect() throws IOException {
    bytes.clear();
    boolean text = false;
    int depth = 0;
    for (int c = bytes.peek(); text || depth > 0 || (c != ',' && c != ']'); c = bytes.peek()) {
      require(c >= 0, "] at the end of the array");
      bytes.keep(bytes.read());
      if (text && c == '\\') {
        bytes.keep(Math.max(0, bytes.read()));
      } else if (c == '"') {
        text = !text;
      } else if (!text && (c == '{' || c == '[')) {
        depth++;
      } else if (!text && (c == '}' || c == ']')) {
        depth--;
        require(depth >= 0, "a value");
      }
    }
  }

  private static int afterSpace(ByteReader bytes) throws IOException {
    int next = bytes.peek();
    while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
      bytes.read();
      next = bytes.peek();
    }
    return next;
  }

  private void require(boolean there, String rule) throws IOException {
    if (!there) {
      int got = bytes.peek();
      throw new FormatException(
          file,
          bytes.offset(),
          "expected "
              + rule
              + ", got "
              + (got < 0 ? "the end of the file" : "'" + (char) got + "'"));
    }
  }

  @Override
  public Place place() {
    return new Place(bytes.offset(), elements);
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
