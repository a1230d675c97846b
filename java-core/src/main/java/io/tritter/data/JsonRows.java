package io.tritter.data;

import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** JSON Lines: an object a line; empty lines are none. */
final class JsonRows implements RowReader {
  private static final int BYTE_ORDER_MARK = 0xEF;

  private final String file;
  private final BadRows bad;
  private final ByteReader bytes;
  private final JsonRow json = new JsonRow();
  private long lines;

  JsonRows(Path file, Place from, BadRows bad) throws IOException {
    this.file = file.toString();
    this.bad = bad;
    bytes = new ByteReader(file, from.offset());
    lines = from.rows();
  }

  @Override
  public @Nullable Row next() throws IOException {
    for (Place at = place(); bytes.readLine(); at = place()) {
      lines++;
      Row row = row(at);
      if (row != null) {
        return row;
      }
    }
    return null;
  }

  private @Nullable Row row(Place at) throws FormatException {
    if (bytes.tooLong()) {
      bad.add(file, "line", at, tooLong());
      return null;
    }
    ByteBuffer line = bytes.row();
    if (at.offset() == 0 && line.hasRemaining() && (line.get(0) & 0xFF) == BYTE_ORDER_MARK) {
      line.position(Math.min(3, line.limit()));
    }
    if (blank(line)) {
      return null;
    }
    try {
      return Row.whole(json.parse(line), at);
    } catch (IllegalArgumentException e) {
      bad.add(file, "line", at, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static boolean blank(ByteBuffer line) {
    for (int i = line.position(); i < line.limit(); i++) {
      byte value = line.get(i);
      if (value != ' ' && value != '\t' && value != '\r') {
        return false;
      }
    }
    return true;
  }

  static String tooLong() {
    return "expected at most " + ByteReader.MOST_ROW_BYTES + " bytes, got more";
  }

  @Override
  public Place place() {
    return new Place(bytes.offset(), lines);
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
