package io.tritter.ternary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TritLayoutTest {
  /** A multiple of every block. */
  private static final int COLS = 512;

  @ParameterizedTest
  @CsvSource({"TQ1_0, gguf_tq1_0", "TQ2_0, gguf_tq2_0"})
  void ggufBytesAreThoseOfTheGgufPackage(TritLayout layout, String name) {
    Golden.Case golden = Golden.load(name);
    Tensor values = golden.get("values");
    byte[] raw = toBytes(golden.get("raw"));
    int rows = values.dim(0);
    int cols = values.dim(1);

    ScaledTrits decoded = layout.decode(MemorySegment.ofArray(raw), rows, cols);
    Tensor dequantized = Tensor.zeros(rows, cols);
    decoded.trits().dequantize(0, rows, decoded.scales(), 256, dequantized);
    assertArrayEquals(golden.get("dequantized").toArray(), dequantized.toArray());

    float scale = 0;
    Tensor trits = Tensor.zeros(rows, cols);
    for (long i = 0; i < values.size(); i++) {
      scale = Math.max(scale, values.get(i));
      trits.set(i, Math.signum(values.get(i)));
    }
    assertArrayEquals(raw, layout.encode(TritMatrix.pack(trits), scale));
    assertArrayEquals(raw, layout.encode(decoded));
  }

  @Test
  void everyBitIsWhereTheFormatsPageSaysItIs() {
    // One trit of +1 among zeros: the byte that differs from those of all zeros, and how.
    assertBit(TritLayout.TRITTER, 5, 1, 0b0000, 0b0100);
    assertBit(TritLayout.TORCHAO, 5, 1, 0, 0b0001_0000);
    assertBit(TritLayout.TQ2_0, 32 + 3, 3, 0b01_01_01_01, 0b01_01_10_01);
    assertBit(TritLayout.TQ2_0, 128 + 3, 35, 0b01_01_01_01, 0b01_01_01_10);
    assertBit(TritLayout.TQ2_0, 256, 66, 0b01_01_01_01, 0b01_01_01_10);
    assertBit(TritLayout.I2_S, 32 + 3, 3, 0b01_01_01_01, 0b01_10_01_01);
    assertBit(TritLayout.I2_S, 128, 32, 0b01_01_01_01, 0b10_01_01_01);
    assertBit(TritLayout.I2_S_ARM, 16 + 3, 3, 0b01_01_01_01, 0b01_10_01_01);
    assertBit(TritLayout.TQ1_0, 0, 0, base3(1, 1, 1, 1, 1), base3(2, 1, 1, 1, 1));
    assertBit(TritLayout.TQ1_0, 4 * 32 + 7, 7, base3(1, 1, 1, 1, 1), base3(1, 1, 1, 1, 2));
    assertBit(TritLayout.TQ1_0, 160 + 16, 32, base3(1, 1, 1, 1, 1), base3(1, 2, 1, 1, 1));
    assertBit(TritLayout.TQ1_0, 240 + 9, 49, base3(1, 1, 1, 1, 0), base3(1, 1, 2, 1, 0));
  }

  @ParameterizedTest
  @EnumSource(TritLayout.class)
  void whatIsEncodedIsDecodedAndTheOtherWayRound(TritLayout layout) {
    for (int rows : new int[] {1, 2, 3, 4, 5, 7, 64}) {
      TritMatrix trits = random(rows, COLS, rows);
      byte[] bytes = layout.encode(trits, 0.5f);
      assertEquals(layout.sizeBytes(rows, COLS), bytes.length);
      ScaledTrits decoded = layout.decode(MemorySegment.ofArray(bytes), rows, COLS);
      assertEquals(trits, decoded.trits());
      assertArrayEquals(bytes, layout.encode(decoded));
    }
  }

  @ParameterizedTest
  @EnumSource(TritLayout.class)
  void everyLayoutConvertsToEveryOther(TritLayout source) {
    TritMatrix trits = random(6, COLS, 1);
    MemorySegment bytes = MemorySegment.ofArray(source.encode(trits, 1));
    for (TritLayout target : TritLayout.values()) {
      assertArrayEquals(
          target.encode(trits, 1),
          TritLayout.convert(bytes, 6, COLS, source, target),
          source + " to " + target);
    }
  }

  @Test
  void scalesStayWithTheirBlocks() {
    TritMatrix trits = random(2, COLS, 2);
    Tensor scales = Tensor.of(new float[] {0.5f, -0.25f, 2, 65504}, 2, 2);
    for (TritLayout layout : new TritLayout[] {TritLayout.TQ1_0, TritLayout.TQ2_0}) {
      byte[] bytes = layout.encode(new ScaledTrits(trits, scales));
      Tensor read = layout.decode(MemorySegment.ofArray(bytes), 2, COLS).scales();
      assertArrayEquals(new int[] {2, 2}, read.shape());
      assertArrayEquals(scales.toArray(), read.toArray());
      Tensor rows = Tensor.of(new float[] {3, 4}, 2);
      bytes = layout.encode(new ScaledTrits(trits, rows));
      read = layout.decode(MemorySegment.ofArray(bytes), 2, COLS).scales();
      assertArrayEquals(new float[] {3, 3, 4, 4}, read.toArray());
    }
    byte[] tail = TritLayout.I2_S.encode(trits, 0.037f);
    assertEquals(
        0.037f, ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getFloat(2 * COLS / 4));
    assertEquals(
        0.037f, TritLayout.I2_S.decode(MemorySegment.ofArray(tail), 2, COLS).scales().get(0));
  }

  @Test
  void aBlockOfZerosNeedsNoScaleOfItsOwn() {
    // ggml gives a block of zeros the scale 0; the matrix still has the one scale of I2_S.
    Tensor values = Tensor.zeros(1, COLS);
    values.set(300, 1);
    TritMatrix trits = TritMatrix.pack(values);
    Tensor scales = Tensor.of(new float[] {0, 2}, 1, 2);
    byte[] bytes = TritLayout.I2_S.encode(new ScaledTrits(trits, scales));
    assertEquals(2, TritLayout.I2_S.decode(MemorySegment.ofArray(bytes), 1, COLS).scales().get(0));
  }

  @Test
  void whatIsNoTritIsRefusedWithItsPlace() {
    assertWrong(
        TritLayout.TQ2_0, 2, 70, 0b11_01_01_01, "trit [0, 356]: expected a field of 0 to 2, got 3");
    assertWrong(
        TritLayout.I2_S,
        2,
        128 + 33,
        0b11_01_01_01,
        "trit [1, 129]: expected a field of 0 to 2, got 3");
    assertWrong(
        TritLayout.I2_S_ARM,
        2,
        128 + 17,
        0b01_01_01_11,
        "trit [1, 113]: expected a field of 0 to 2, got 3");
    assertWrong(
        TritLayout.TORCHAO,
        2,
        128 + 1,
        0b00_10_00_00,
        "trit [1, 5]: expected a field of 0, 1 or 3, got 2");
    assertWrong(
        TritLayout.HUGGINGFACE, 2, 5, 0b11, "trit [0, 5]: expected a field of 0 to 2, got 3");
    assertWrong(
        TritLayout.HUGGINGFACE,
        2,
        5,
        0b01_0101,
        "trit [2, 5]: expected 0, as there is no such row, got 1");
    assertWrong(
        TritLayout.TRITTER, 2, 130, 0b11, "trit [1, 8]: expected a field of 0, 1 or 2, got 3");
    assertWrong(
        TritLayout.TQ1_0,
        2,
        108 + 54 + 3,
        1,
        "byte 165: expected the base-3 code of 5 trits, got 1");
    assertWrong(
        TritLayout.TQ1_0, 2, 48, 0xff, "byte 48: expected the base-3 code of 4 trits, got 255");
  }

  @Test
  void everyByteOfTq1IsTheCodeOfFiveTritsOrRefused() {
    byte[] bytes = TritLayout.TQ1_0.encode(random(1, 256, 3), 1);
    int known = 0;
    for (int b = 0; b < 256; b++) {
      bytes[7] = (byte) b;
      MemorySegment memory = MemorySegment.ofArray(bytes);
      try {
        assertArrayEquals(bytes, TritLayout.TQ1_0.encode(TritLayout.TQ1_0.decode(memory, 1, 256)));
        known++;
      } catch (IllegalArgumentException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("byte 7: "), e.getMessage());
      }
    }
    assertEquals(243, known);
  }

  @Test
  void wrongSizesColumnsAndScalesAreRefused() {
    TritMatrix trits = random(2, COLS, 4);
    assertMessage(
        "bytes: expected 264 for 2 rows of 512 trits in tq2_0, got 263",
        () -> TritLayout.TQ2_0.decode(MemorySegment.ofArray(new byte[263]), 2, COLS));
    assertMessage(
        "columns: expected a multiple of 256, got 300",
        () -> TritLayout.TQ1_0.encode(random(2, 300, 5), 1));
    assertMessage(
        "columns: expected a multiple of 128, got 64",
        () -> TritLayout.I2_S.decode(MemorySegment.ofArray(new byte[64]), 2, 64));
    assertMessage(
        "columns: expected a multiple of 4, got 6", () -> TritLayout.TORCHAO.sizeBytes(2, 6));
    assertMessage("rows: expected at least 1, got 0", () -> TritLayout.TQ2_0.sizeBytes(0, 256));
    assertMessage(
        "scales: expected finite numbers, got NaN at 0",
        () -> TritLayout.TQ2_0.encode(trits, Float.NaN));
    assertMessage(
        "scales: expected numbers in the range of float16, got 70000.0 at 0",
        () -> TritLayout.TQ1_0.encode(trits, 70000));
    assertMessage(
        "scales: expected numbers in the range of float16, got 1.0E-9 at 0",
        () -> TritLayout.TQ1_0.encode(trits, 1e-9f));
    assertMessage(
        "scales: expected 1, 2 or 4 numbers, got 3",
        () -> TritLayout.TQ1_0.encode(new ScaledTrits(trits, Tensor.zeros(3))));
    assertMessage(
        "scales: expected one for the matrix, got 1.0 and 2.0 at 1",
        () ->
            TritLayout.I2_S.encode(
                new ScaledTrits(trits, Tensor.of(new float[] {1, 2, 1, 1}, 2, 2))));
    byte[] infinite = TritLayout.TQ2_0.encode(trits, 1);
    infinite[131] = 0x7c;
    assertMessage(
        "scales: expected finite numbers, got Infinity at 1",
        () -> TritLayout.TQ2_0.decode(MemorySegment.ofArray(infinite), 2, COLS));
    assertMessage(
        "layout: expected one of [tritter, huggingface, tq2_0, tq1_0, i2_s, i2_s_arm, torchao],"
            + " got 'q4'",
        () -> TritLayout.named("q4"));
    assertEquals(TritLayout.I2_S_ARM, TritLayout.named("i2_s_arm"));
  }

  private static void assertBit(TritLayout layout, int col, int at, int zero, int one) {
    Tensor values = Tensor.zeros(1, COLS);
    byte[] zeros = layout.encode(TritMatrix.pack(values), 1);
    values.set(col, 1);
    byte[] bytes = layout.encode(TritMatrix.pack(values), 1);
    assertEquals(at, Arrays.mismatch(zeros, bytes), layout + " column " + col);
    assertEquals((byte) zero, zeros[at], layout + " column " + col);
    assertEquals((byte) one, bytes[at], layout + " column " + col);
  }

  /** {@code ceil(number / 243 * 256)} of the five digits. */
  private static int base3(int... digits) {
    int number = 0;
    for (int digit : digits) {
      number = 3 * number + digit;
    }
    return (number * 256 + 242) / 243;
  }

  private static void assertWrong(TritLayout layout, int rows, int at, int b, String message) {
    byte[] bytes = layout.encode(TritMatrix.pack(Tensor.zeros(rows, COLS)), 1);
    bytes[at] = (byte) b;
    assertMessage(message, () -> layout.decode(MemorySegment.ofArray(bytes), rows, COLS));
  }

  private static void assertMessage(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  private static byte[] toBytes(Tensor raw) {
    byte[] bytes = new byte[Math.toIntExact(raw.size())];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) raw.get(i);
    }
    return bytes;
  }

  private static TritMatrix random(int rows, int cols, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor trits = Tensor.zeros(rows, cols);
    for (long i = 0; i < trits.size(); i++) {
      trits.set(i, random.nextInt(-1, 2));
    }
    return TritMatrix.pack(trits);
  }
}
