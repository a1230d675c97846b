package io.tritter.data;

import io.tritter.tensor.Check;
import java.nio.charset.StandardCharsets;

/** One id a byte of UTF-8, 0 to 255: no vocabulary to learn, nothing that it cannot spell. */
public final class ByteTokenizer {
  /** Number of ids. */
  public static final int VOCABULARY = 256;

  private ByteTokenizer() {}

  /** The bytes of a text in UTF-8. */
  public static int[] encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes as ids. */
  public static int[] encode(byte[] bytes) {
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xFF;
    }
    return ids;
  }

  /**
   * The text that ids spell; bytes that are not UTF-8 become U+FFFD.
   *
   * @throws IllegalArgumentException for an id outside 0 to 255
   */
  public static String decode(int... ids) {
    return new String(decodeBytes(ids), StandardCharsets.UTF_8);
  }

  /** The bytes that ids spell; see {@link #decode}. */
  public static byte[] decodeBytes(int... ids) {
    byte[] bytes = new byte[ids.length];
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= VOCABULARY) {
        throw Check.expected("ids[" + i + "]", "0 to 255", ids[i]);
      }
      bytes[i] = (byte) ids[i];
    }
    return bytes;
  }
}
