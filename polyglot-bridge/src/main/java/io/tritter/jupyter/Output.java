package io.tritter.jupyter;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/**
 * Standard output and standard error as pieces of text in the order in which they were written: a
 * piece ends when the other stream is written to, when it has grown large, or at {@link #flush}.
 */
final class Output {
  private static final int LARGE_BYTES = 1 << 16;

  private final BiConsumer<String, String> pieces;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private String name = "";

  /** Takes (name, text), with the name {@code stdout} or {@code stderr}. */
  Output(BiConsumer<String, String> pieces) {
    this.pieces = pieces;
  }

  OutputStream stream(String of) {
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) {
        append(of, bytes, from, length);
      }
    };
  }

  /** Hands over what was written, but for the first bytes of an unfinished character. */
  synchronized void flush() {
    if (pending.size() == 0) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(pending.toByteArray());
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    decoder.decode(bytes, text, false);
    pending.reset();
    pending.write(bytes.array(), bytes.position(), bytes.remaining());
    text.flip();
    if (!text.isEmpty()) {
      pieces.accept(name, text.toString());
    }
  }

  private synchronized void append(String to, byte[] bytes, int from, int length) {
    if (!to.equals(name)) {
      flush();
      pending.reset();
      name = to;
    }
    pending.write(bytes, from, length);
    if (pending.size() >= LARGE_BYTES) {
      flush();
    }
  }
}
