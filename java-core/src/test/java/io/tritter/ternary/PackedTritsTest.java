package io.tritter.ternary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedTritsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 127, 207, 1021})
  void everyFormComesBackAsItWas(int size) {
    byte[] trits = random(size, size);
    PackedTrits packed = PackedTrits.of(trits);
    assertArrayEquals(trits, packed.toInt8());
    assertEquals(packed, PackedTrits.of(packed.toTensor()));
    assertEquals(packed, PackedTrits.fromBytes(packed.toBytes(), size));
    assertEquals(packed, PackedTrits.ofPlanes(size, packed.plus(), packed.minus()));
    assertEquals(packed.hashCode(), PackedTrits.of(trits).hashCode());
    for (int i = 0; i < size; i++) {
      assertEquals(trits[i], packed.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 1021})
  void dotAndCountsAreThoseOfTheNumbers(int size) {
    byte[] a = random(size, 1);
    byte[] b = random(size, 2);
    long dot = 0;
    int nonZeros = 0;
    for (int i = 0; i < size; i++) {
      dot += (long) a[i] * b[i];
      nonZeros += Math.abs(a[i]);
    }
    PackedTrits packed = PackedTrits.of(a);
    assertEquals(dot, packed.dot(PackedTrits.of(b)));
    assertEquals(nonZeros, packed.nonZeros());
    assertEquals(1 - nonZeros / (double) size, packed.sparsity());
  }

  @Test
  void bytesHoldTheFirstTritInTheLowBits() {
    byte[] bytes = PackedTrits.of(new byte[] {1, -1, 0, 1, -1}).toBytes();
    assertArrayEquals(new byte[] {0b01_00_10_01, 0b10}, bytes);
  }

  @Test
  void differentVectorsAreNotEqual() {
    PackedTrits a = PackedTrits.of(new byte[] {1, 0, 0});
    assertNotEquals(a, PackedTrits.of(new byte[] {-1, 0, 0}));
    assertNotEquals(a, PackedTrits.of(new byte[] {1, 0}));
  }

  @Test
  void planesAreCopied() {
    long[] plus = {1};
    PackedTrits packed = PackedTrits.ofPlanes(2, plus, new long[1]);
    plus[0] = 2;
    packed.plus()[0] = 2;
    assertEquals(1, packed.get(0));
  }

  @Test
  void whatIsNotATritIsRefusedWithItsPosition() {
    assertMessage(
        "trits: expected -1, 0 or 1, got 0.5 at 2", () -> PackedTrits.of(new float[] {1, 0, 0.5f}));
    assertMessage(
        "trits: expected -1, 0 or 1, got NaN at 0",
        () -> PackedTrits.of(Tensor.of(new float[] {Float.NaN}, 1)));
    assertMessage(
        "trits: expected -1, 0 or 1, got 2.0 at 1", () -> PackedTrits.of(new byte[] {0, 2}));
    assertMessage(
        "packed: expected codes 00, 01 and 10, got 11 at trit 65",
        () -> PackedTrits.fromBytes(codes(70, 65, 3), 70));
    assertMessage(
        "packed: expected zeros behind trit 4, got a bit at trit 6",
        () -> PackedTrits.fromBytes(codes(8, 6, 2), 5));
    assertMessage(
        "packed: expected 2 bytes for 5 trits, got 3", () -> PackedTrits.fromBytes(new byte[3], 5));
    assertMessage("size: expected at least 1, got 0", () -> PackedTrits.of(new byte[0]));
    assertMessage(
        "planes: expected at most one bit a trit, got both at trit 3",
        () -> PackedTrits.ofPlanes(5, new long[] {8}, new long[] {8}));
    assertMessage(
        "planes: expected zeros behind trit 4, got a bit at trit 5",
        () -> PackedTrits.ofPlanes(5, new long[] {0}, new long[] {32}));
    assertMessage(
        "other: expected 1 trits, got 2",
        () -> PackedTrits.of(new byte[1]).dot(PackedTrits.of(new byte[2])));
    assertMessage("index: expected 0 to 1, got 2", () -> PackedTrits.of(new byte[] {1, 1}).get(2));
  }

  private static byte[] codes(int size, int position, int code) {
    byte[] bytes = new byte[(size + 3) / 4];
    bytes[position / 4] = (byte) (code << (position % 4 * 2));
    return bytes;
  }

  private static void assertMessage(String message, Executable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
  }

  private static byte[] random(int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] trits = new byte[size];
    for (int i = 0; i < size; i++) {
      trits[i] = (byte) random.nextInt(-1, 2);
    }
    return trits;
  }
}
