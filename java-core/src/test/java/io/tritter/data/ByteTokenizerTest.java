package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ByteTokenizerTest {
  @Test
  void everyByteIsItsOwnId() {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    int[] ids = ByteTokenizer.encode(all);
    assertEquals(0, ids[0]);
    assertEquals(255, ids[255]);
    assertArrayEquals(all, ByteTokenizer.decodeBytes(ids));
  }

  @Test
  void textComesBackFromItsIds() {
    assertArrayEquals(new int[] {'a', 0xC3, 0xA9}, ByteTokenizer.encode("aé"));
    assertEquals("aé ∀ 😀", ByteTokenizer.decode(ByteTokenizer.encode("aé ∀ 😀")));
    assertEquals("", ByteTokenizer.decode());
  }

  @Test
  void aHalfCharacterBecomesTheReplacementCharacter() {
    assertEquals("a\uFFFD", ByteTokenizer.decode('a', 0xC3));
  }

  @Test
  void idsThatAreNoByteAreRefused() {
    for (int id : new int[] {-1, 256}) {
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> ByteTokenizer.decode(65, id));
      assertEquals("ids[1]: expected 0 to 255, got " + id, e.getMessage());
    }
  }
}
