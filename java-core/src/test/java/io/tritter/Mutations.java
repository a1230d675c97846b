package io.tritter;

import java.util.Arrays;
import java.util.Random;

/** Bytes of a file with random faults: the same seed, the same faults. */
public final class Mutations {
  private static final String CHARACTERS = "09-{}[]\",:etn";

  private Mutations() {}

  /**
   * Up to three faults, most of them near the beginning: flipped bits, characters that mean
   * something in JSON, numbers made of nines or zeros, eight bytes that are an extreme number; and
   * at times the end is cut off.
   */
  public static byte[] of(byte[] valid, long seed) {
    Random random = new Random(seed);
    byte[] bytes = valid.clone();
    int front = Math.min(bytes.length, 1 << random.nextInt(6, 16));
    for (int i = 0; i <= random.nextInt(3); i++) {
      int at = random.nextInt(front);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> digits(bytes, at, random.nextBoolean() ? '9' : '0');
        case 2 -> bytes[at] = (byte) CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
        default -> {
          int to = Math.min(bytes.length, at + Long.BYTES);
          Arrays.fill(bytes, at, to, (byte) (random.nextBoolean() ? 0xff : 0x7f));
        }
      }
    }
    boolean cut = random.nextInt(8) == 0;
    return cut ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  /** The number that is next. */
  private static void digits(byte[] bytes, int from, char digit) {
    int at = from;
    while (at < bytes.length && !Character.isDigit(bytes[at])) {
      at++;
    }
    for (; at < bytes.length && Character.isDigit(bytes[at]); at++) {
      bytes[at] = (byte) digit;
    }
  }
}
