package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {
  /** Byte i of the text is i mod 256, so a window tells where it begins. */
  private static byte[] counting(int length) {
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = (byte) i;
    }
    return text;
  }

  @Test
  void targetsAreTheNextIds() {
    BatchSampler sampler = new BatchSampler(counting(1000), 5, 17, 1);
    for (int n = 0; n < 50; n++) {
      Batch batch = sampler.next();
      assertEquals(5, batch.size());
      assertEquals(5 * 17, batch.predictions());
      for (int i = 0; i < 5 * 17; i++) {
        assertEquals((batch.ids()[i] + 1) % 256, batch.targets()[i]);
        if (i % 17 > 0) {
          assertEquals((batch.ids()[i - 1] + 1) % 256, batch.ids()[i]);
        }
      }
    }
  }

  @Test
  void windowsBeginEverywhereEquallyOften() {
    int starts = 20;
    BatchSampler sampler = new BatchSampler(counting(starts + 7), 1, 7, 3);
    int[] counts = new int[starts];
    int draws = 20_000;
    for (int i = 0; i < draws; i++) {
      counts[sampler.next().ids()[0]]++;
    }
    double chiSquared = 0;
    double wanted = (double) draws / starts;
    for (int count : counts) {
      chiSquared += (count - wanted) * (count - wanted) / wanted;
    }
    // 19 degrees of freedom: 43.8 is passed once in a thousand; the seed is fixed.
    assertTrue(chiSquared < 43.8, "chi squared " + chiSquared);
  }

  @Test
  void aSeedIsASequenceAndAPositionIsAPlaceInIt() {
    byte[] text = new byte[5000];
    new Random(5).nextBytes(text);
    BatchSampler a = new BatchSampler(text, 4, 32, 9);
    for (int i = 0; i < 10; i++) {
      a.next();
    }
    BatchSampler b = new BatchSampler(text, 4, 32, 9);
    b.seek(a.position());
    assertEquals(40, b.position());
    for (int i = 0; i < 10; i++) {
      assertArrayEquals(a.next().ids(), b.next().ids());
    }
    BatchSampler other = new BatchSampler(text, 4, 32, 10);
    other.seek(a.position());
    assertFalse(Arrays.equals(a.next().ids(), other.next().ids()));
    assertThrows(IllegalArgumentException.class, () -> b.seek(-1));
  }

  @Test
  void drawsAreTheSameOnEveryMachine() {
    BatchSampler sampler = new BatchSampler(counting(256), 8, 1, 42);
    assertArrayEquals(new int[] {152, 40, 42, 12, 250, 59, 71, 38}, sampler.next().ids());
  }

  @Test
  void aTextOfOneWindowIsEnoughAndOneByteLessIsNot() {
    assertEquals(0, new BatchSampler(counting(18), 1, 17, 1).next().ids()[0]);
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> new BatchSampler(counting(17), 1, 17, 1));
    assertEquals("text: expected at least context + 1 = 18 bytes, got 17", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new BatchSampler(new byte[9], 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new BatchSampler(new byte[9], 1, 0, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new BatchSampler(new byte[9], 1 << 16, 1 << 16, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void aSequencePredictsEachByteButTheFirstOnce(int length) {
    byte[] text = new byte[length];
    new Random(length).nextBytes(text);
    BatchSequence sequence = new BatchSequence(text, 3, 8);
    int at = 1;
    for (int i = 0; i < sequence.batches(); i++) {
      Batch batch = sequence.get(i);
      assertEquals(3 * 8, batch.ids().length);
      int counted = 0;
      for (int j = 0; j < 3 * 8; j++) {
        if (batch.targets()[j] != Batch.IGNORE) {
          assertEquals(text[at - 1] & 0xFF, batch.ids()[j]);
          assertEquals(text[at++] & 0xFF, batch.targets()[j]);
          counted++;
        }
      }
      assertEquals(counted, batch.predictions());
    }
    assertEquals(length, at);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1", "1, 1, 1", "2, 0, 1", "2, 1, 0"})
  void aSequenceOfNothingIsRefused(int length, int size, int context) {
    assertThrows(
        IllegalArgumentException.class, () -> new BatchSequence(new byte[length], size, context));
  }

  @Test
  void aBatchThatIsNotThereIsRefused() {
    BatchSequence sequence = new BatchSequence(new byte[10], 1, 9);
    assertEquals(1, sequence.batches());
    assertThrows(IllegalArgumentException.class, () -> sequence.get(1));
    assertThrows(IllegalArgumentException.class, () -> sequence.get(-1));
  }

  @Test
  void aPartIsTheBeginningOfTheFirstSequences() {
    Batch whole = Batch.windows(counting(200), new int[] {0, 30, 60, 90}, 17);
    Batch part = whole.part(3, 5);
    assertEquals(3, part.size());
    assertArrayEquals(
        new int[] {0, 1, 2, 3, 4, 30, 31, 32, 33, 34, 60, 61, 62, 63, 64}, part.ids());
    assertArrayEquals(
        new int[] {1, 2, 3, 4, 5, 31, 32, 33, 34, 35, 61, 62, 63, 64, 65}, part.targets());
    assertThrows(IllegalArgumentException.class, () -> whole.part(5, 5));
    assertThrows(IllegalArgumentException.class, () -> whole.part(1, 18));
    assertThrows(IllegalArgumentException.class, () -> whole.part(0, 1));
  }
}
