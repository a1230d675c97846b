package io.tritter.optim;

import io.tritter.tensor.Check;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at one block of {@link TernaryBlocks} whose bytes came from elsewhere. */
final class TernaryBlockCheck {
  private static final int DENSE = 255;
  private static final long EVEN = 0x5555_5555_5555_5555L;
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private TernaryBlockCheck() {}

  /**
   * Where the next block begins.
   *
   * @param at where this one does
   * @param length its elements
   */
  static int after(byte[] bytes, int at, int length) {
    require(bytes, at, 1);
    int kept = Byte.toUnsignedInt(bytes[at]);
    if (kept == 0) {
      return at + 1;
    }
    int from = at + 1 + Float.BYTES;
    require(bytes, at + 1, Float.BYTES);
    float scale = (float) FLOAT.get(bytes, at + 1);
    if (!(scale > 0 && scale <= Float.MAX_VALUE)) {
      throw Check.expected("byte " + (at + 1), "a positive scale", scale);
    }
    if (kept == DENSE) {
      int size = Math.ceilDiv(length, 4);
      require(bytes, from, size);
      codes(bytes, from, length);
      return from + size;
    }
    int signBytes = Math.ceilDiv(kept, 8);
    if (kept + signBytes >= Math.ceilDiv(length, 4)) {
      throw Check.expected("byte " + at, "a block that is shorter than 2 bits each", kept);
    }
    require(bytes, from, kept + signBytes);
    int last = -1;
    for (int i = from; i < from + kept; i++) {
      int place = Byte.toUnsignedInt(bytes[i]);
      if (place <= last || place >= length) {
        throw Check.expected(
            "byte " + i, "a place from %d to %d".formatted(last + 1, length - 1), place);
      }
      last = place;
    }
    int end = from + kept + signBytes;
    if (kept % 8 != 0 && Byte.toUnsignedInt(bytes[end - 1]) >>> (kept % 8) != 0) {
      throw Check.expected("byte " + (end - 1), "zeros behind the last sign", bytes[end - 1]);
    }
    return end;
  }

  private static void codes(byte[] bytes, int from, int length) {
    for (int i = 0; i < length; i += 4) {
      int codes = Byte.toUnsignedInt(bytes[from + i / 4]);
      if ((codes & codes >>> 1 & EVEN) != 0) {
        throw Check.expected("byte " + (from + i / 4), "trits of 00, 01 and 10", codes);
      }
      if (length - i < 4 && codes >>> (2 * (length - i)) != 0) {
        throw Check.expected("byte " + (from + i / 4), "zeros behind the last trit", codes);
      }
    }
  }

  private static void require(byte[] bytes, int at, int count) {
    if (bytes.length - at < count) {
      throw Check.expected("byte " + at, count + " bytes of a block", bytes.length - at);
    }
  }
}
