package io.tritter.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The bytes of a file one by one, and a stretch of them that is being collected. */
final class ByteReader implements Closeable {
  /** A row in JSON may have so many bytes, and is left out otherwise. */
  static final int MOST_ROW_BYTES = 1 << 24;

  private final SeekableByteChannel channel;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;
  private long bufferOffset;
  private byte[] row = new byte[1 << 12];
  private int rowLength;
  private boolean tooLong;

  ByteReader(Path file, long offset) throws IOException {
    channel = Files.newByteChannel(file);
    channel.position(offset);
    bufferOffset = offset;
  }

  /** The next byte, 0 to 255, or -1 at the end. */
  int read() throws IOException {
    return at < end || fill() ? buffer[at++] & 0xFF : -1;
  }

  /** What {@link #read} gives next. */
  int peek() throws IOException {
    return at < end || fill() ? buffer[at] & 0xFF : -1;
  }

  /** The offset of the byte that {@link #read} gives next. */
  long offset() {
    return bufferOffset + at;
  }

  /** Collects the bytes up to the next line feed, which is read too; false at the end. */
  boolean readLine() throws IOException {
    clear();
    boolean any = false;
    while (at < end || fill()) {
      any = true;
      int feed = at;
      while (feed < end && buffer[feed] != '\n') {
        feed++;
      }
      keep(buffer, at, feed - at);
      at = feed;
      if (feed < end) {
        at++;
        return true;
      }
    }
    return any;
  }

  /** Begins a new row. */
  void clear() {
    rowLength = 0;
    tooLong = false;
  }

  /** Adds a byte to the row. */
  void keep(int value) {
    if (rowLength < row.length) {
      row[rowLength++] = (byte) value;
    } else {
      keep(new byte[] {(byte) value}, 0, 1);
    }
  }

  private void keep(byte[] from, int start, int length) {
    if (tooLong || length > MOST_ROW_BYTES - rowLength) {
      tooLong = true;
      return;
    }
    if (length > row.length - rowLength) {
      int wanted = Math.max(rowLength + length, 2 * row.length);
      row = Arrays.copyOf(row, Math.min(wanted, MOST_ROW_BYTES));
    }
    System.arraycopy(from, start, row, rowLength, length);
    rowLength += length;
  }

  /** Whether the row has more than {@link #MOST_ROW_BYTES}; it holds its beginning then. */
  boolean tooLong() {
    return tooLong;
  }

  /** A view of the row, until the next one begins. */
  ByteBuffer row() {
    return ByteBuffer.wrap(row, 0, rowLength);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private boolean fill() throws IOException {
    bufferOffset += end;
    at = 0;
    end = 0;
    int count = channel.read(ByteBuffer.wrap(buffer));
    end = Math.max(0, count);
    return end > 0;
  }
}
