package io.tritter.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.kernel.Kernels;
import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.TernaryWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeviceTest {
  private static final TornadoKernels KERNELS = (TornadoKernels) Kernels.on("gpu");
  private static final Device DEVICE = KERNELS.hardware();

  private static MemorySegment normal(long seed, int n) {
    Random random = new Random(seed);
    MemorySegment s = Arena.ofAuto().allocate(4L * n, 64);
    for (int k = 0; k < n; k++) {
      s.setAtIndex(ValueLayout.JAVA_FLOAT, k, (float) random.nextGaussian());
    }
    return s;
  }

  @Test
  void theDeviceComputesWhatJavaDoes() {
    assertTrue(SelfTest.run(DEVICE).isEmpty());
  }

  @Test
  void whatIsWrittenInPiecesIsReadInOne() {
    int n = (1 << 24) + (1 << 20) + 4099; // two stages and the rest
    MemorySegment x = normal(1, n);
    MemorySegment y = Arena.ofAuto().allocate(4L * n, 64);
    try (Scratch m = DEVICE.scratch()) {
      m.read(m.write(x, n), y, n);
    }
    assertEquals(-1, x.mismatch(y));
  }

  @Test
  void memoryOfAComputationIsFreeAfterIt() {
    long before = DEVICE.floatRegions().used();
    try (Scratch m = DEVICE.scratch()) {
      m.floats(1000);
      assertThrows(OutOfDeviceMemoryException.class, () -> m.floats(1L << 40));
    }
    assertEquals(before, DEVICE.floatRegions().used());
  }

  @Test
  void whatHasNoRoomOnTheDeviceIsComputedByTheCpu() {
    int n = 1 << 13;
    MemorySegment x = normal(2, n);
    MemorySegment out = Arena.ofAuto().allocate(4L * n, 64);
    MemorySegment expected = Arena.ofAuto().allocate(4L * n, 64);
    KERNELS.cpu().softmax(x, expected, n, 1);
    try (Scratch m = DEVICE.scratch()) {
      int piece = 1 << 24;
      assertThrows(OutOfDeviceMemoryException.class, () -> fill(m, piece));
      fillUp(m);
      KERNELS.softmax(x, out, n, 1);
    }
    assertEquals(-1, expected.mismatch(out));
  }

  private static void fill(Scratch m, int piece) {
    for (int k = 0; k < 1000; k++) {
      m.floats(piece);
    }
  }

  /** Until not even a small vector has room. */
  private static void fillUp(Scratch m) {
    for (int piece = 1 << 20; piece >= 32; piece /= 2) {
      int size = piece;
      assertThrows(
          OutOfDeviceMemoryException.class,
          () -> {
            while (true) {
              m.floats(size);
            }
          });
    }
  }

  @Test
  void correctionsAreAddedWhereTheyAre() {
    int n = 5000;
    MemorySegment w = normal(3, n);
    float[] expected = w.toArray(ValueLayout.JAVA_FLOAT);
    int[] places = new Random(4).ints(0, n).distinct().limit(700).toArray();
    boolean[] negative = new boolean[places.length];
    for (int k = 0; k < places.length; k++) {
      negative[k] = k % 3 == 0;
      expected[places[k]] += negative[k] ? -0.125f : 0.125f;
    }
    Corrections.run(DEVICE, w, n, places, negative, 0.125f);
    assertArrayEquals(expected, w.toArray(ValueLayout.JAVA_FLOAT), 0f);
  }

  @Test
  void aCorrectionBehindTheWeightsIsRefused() {
    MemorySegment w = normal(3, 10);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Corrections.run(DEVICE, w, 10, new int[] {3, 10}, new boolean[2], 1f));
    assertEquals("places[1]: expected 0 to 9, got 10", e.getMessage());
  }

  @Test
  void weightsAreSentOnceForAllProducts() {
    int rows = 70;
    int cols = 1000;
    byte[] bytes = new byte[rows * ((cols + 3) / 4)];
    for (int k = 0; k < bytes.length; k++) {
      bytes[k] = (byte) (k % 2 == 0 ? 0b10_01_00_01 : 0b01_00_10_10);
    }
    try (Arena arena = Arena.ofShared()) {
      MemorySegment packed = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      TernaryWeights weights =
          KERNELS.ternaryWeights(packed, rows, cols, TernaryLevel.VECTORIZED, arena);
      MemorySegment x = arena.allocate(cols);
      MemorySegment out = arena.allocate(4L * rows, 4);
      Traffic start = DEVICE.traffic();
      weights.multiply(x, out, 1);
      Traffic first = DEVICE.traffic().since(start);
      weights.multiply(x, out, 1);
      Traffic second = DEVICE.traffic().since(start).since(first);
      assertEquals(4L * rows, second.toHost());
      assertTrue(first.toDevice() - second.toDevice() >= bytes.length, first + " then " + second);
    }
  }

  @Test
  void smallShapesStayOnTheCpu() {
    Limits limits = new Limits(1000, 100);
    assertTrue(limits.admitProducts(1000) && limits.admitElements(100));
    assertTrue(!limits.admitProducts(999) && !limits.admitElements(99));
    assertTrue(!Limits.NONE.admitProducts(0) && !Limits.NONE.admitElements(0));
  }

  @Test
  void aHypervectorOfASeedIsTheSameOnBothDevices() {
    long[][] here = new long[2][1021];
    long[][] there = new long[2][1021];
    KERNELS.always().tritRandom(-5, here[0], here[1]);
    KERNELS.cpu().tritRandom(-5, there[0], there[1]);
    assertArrayEquals(there, here);
  }
}
