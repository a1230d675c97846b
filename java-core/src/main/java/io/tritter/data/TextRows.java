package io.tritter.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A text in parts of at most 16 KiB, each in the field {@link #FIELD}: cut behind a line where
 * there is one, else between two characters. The document is the file.
 */
final class TextRows implements RowReader {
  static final String FIELD = "text";
  static final int PART_BYTES = 1 << 14;

  private final String file;
  private final BadRows bad;
  private final SeekableByteChannel channel;
  private final byte[] buffer = new byte[PART_BYTES];
  private Place place;

  TextRows(Path file, Place from, BadRows bad) throws IOException {
    this.file = file.toString();
    this.bad = bad;
    channel = Files.newByteChannel(file);
    place = from;
  }

  @Override
  public @Nullable Row next() throws IOException {
    while (true) {
      Place at = place;
      int read = fill(at.offset());
      if (read == 0) {
        return null;
      }
      boolean last = at.offset() + read >= channel.size();
      int length = last ? read : cut(read);
      place = new Place(at.offset() + length, at.rows() + 1);
      try {
        String text = JsonRow.utf8(buffer, 0, length);
        var fields = JsonNodeFactory.instance.objectNode().put(FIELD, text);
        return new Row(fields, at, at.offset() == 0, last);
      } catch (IllegalArgumentException e) {
        bad.add(file, "part", at, String.valueOf(e.getMessage()));
      }
    }
  }

  private int fill(long offset) throws IOException {
    channel.position(offset);
    ByteBuffer into = ByteBuffer.wrap(buffer);
    while (into.hasRemaining() && channel.read(into) >= 0) {
      // A channel may give less than was asked for.
    }
    return into.position();
  }

  private int cut(int length) {
    for (int i = length; i > 0; i--) {
      if (buffer[i - 1] == '\n') {
        return i;
      }
    }
    int cut = length;
    // Bytes that continue a character: 10xxxxxx, at most three of them.
    while (cut > length - 4 && (buffer[cut - 1] & 0xC0) == 0x80) {
      cut--;
    }
    return (buffer[cut - 1] & 0x80) != 0 ? cut - 1 : length;
  }

  @Override
  public Place place() {
    return place;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
