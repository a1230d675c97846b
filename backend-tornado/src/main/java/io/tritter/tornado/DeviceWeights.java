package io.tritter.tornado;

import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.TernaryWeights;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * Ternary weights that large products find on the device, where they are put once, and small ones
 * on the CPU. The memory on the device is freed with the object.
 */
final class DeviceWeights implements TernaryWeights {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int WORD = 32;

  /** Rows of activations from which a tile of them pays. */
  private static final int TILE_BATCH = 16;

  private final DeviceOperations device;
  private final TernaryWeights cpu;
  private final MemorySegment packed;
  private final int rows;
  private final int cols;
  private final int words;

  /** Where the planes, and at {@link TernaryLevel#SPARSE} the lists, are; null until they are. */
  private @Nullable Scratch resident;

  private int planes;
  private int starts;
  private int entries;

  /**
   * Keeps weights.
   *
   * @param packed 2-bit bytes, read as long as the object lives
   */
  DeviceWeights(
      DeviceOperations device, TernaryWeights cpu, MemorySegment packed, int rows, int cols) {
    this.device = device;
    this.cpu = cpu;
    this.packed = packed;
    this.rows = rows;
    this.cols = cols;
    words = Math.ceilDiv(cols, WORD);
  }

  @Override
  public TernaryLevel level() {
    return cpu.level();
  }

  @Override
  public long sizeBytes() {
    return cpu.sizeBytes() + packed.byteSize();
  }

  @Override
  public void multiply(MemorySegment x, MemorySegment out, int batch) {
    if (!admits(batch) || !device.fits(() -> run(x, out, batch))) {
      cpu.multiply(x, out, batch);
    }
  }

  @Override
  public void multiplyGrouped(
      MemorySegment x, MemorySegment scales, MemorySegment out, int batch, int groupSize) {
    if (groupSize < 1
        || !admits(batch)
        || !device.fits(() -> runGrouped(x, scales, out, batch, groupSize))) {
      cpu.multiplyGrouped(x, scales, out, batch, groupSize);
    }
  }

  @Override
  public boolean multiplyQuantized(
      MemorySegment x,
      MemorySegment scales,
      float factor,
      MemorySegment out,
      int batch,
      int groupSize,
      int bits) {
    return groupSize >= 1
        && admits(batch)
        && device.fits(() -> runQuantized(x, scales, factor, out, batch, groupSize, bits));
  }

  private boolean admits(int batch) {
    return device.limits().admitProducts((long) batch * rows * cols);
  }

  private void run(MemorySegment x, MemorySegment out, int batch) {
    long sums = (long) batch * rows;
    check(x, out, batch);
    prepare();
    try (Scratch m = device.hardware().scratch()) {
      int result = m.ints(sums);
      int bits = planesOf(m, x, batch);
      m.run(launch(bits, result, batch));
      m.readInts(result, out, sums);
    }
  }

  private Launch launch(int x, int out, int batch) {
    return switch (level()) {
      case BASIC -> TernaryBasic.launch(x, planes, out, batch, rows, words);
      case TILED -> TernaryTiled.launch(x, planes, out, batch, rows, words);
      case VECTORIZED ->
          batch < TILE_BATCH
              ? TernaryVectorized.launch(x, planes, out, batch, rows, words)
              : TernaryTiled.launch(x, planes, out, batch, rows, words);
      case SPARSE -> TernarySparse.launch(x, starts, entries, out, batch, rows, words);
    };
  }

  private void runGrouped(
      MemorySegment x, MemorySegment scales, MemorySegment out, int batch, int groupSize) {
    long sums = (long) batch * rows;
    long factors = factors(groupSize);
    check(x, out, batch);
    Memory.check("scales", scales, factors);
    prepare();
    try (Scratch m = device.hardware().scratch()) {
      int result = m.floats(sums);
      int at = m.write(scales, factors);
      int bits = planesOf(m, x, batch);
      m.run(
          TernaryBasic.groups(
              bits, planes, result, at, -1, 1f, batch, rows, cols, words, groupSize));
      m.read(result, out, sums);
    }
  }

  private long factors(int groupSize) {
    return rows * Math.ceilDiv((long) cols, groupSize);
  }

  private void runQuantized(
      MemorySegment x,
      MemorySegment scales,
      float factor,
      MemorySegment out,
      int batch,
      int groupSize,
      int bits) {
    long sums = (long) batch * rows;
    Quantize.checkBits(bits);
    Memory.check("x", x, (long) batch * cols);
    Memory.check("out", out, sums);
    Memory.check("scales", scales, factors(groupSize));
    prepare();
    BitLinear layer = new BitLinear(batch, rows, cols, groupSize, bits, factor);
    try (Scratch m = device.hardware().scratch()) {
      int result = m.floats(sums);
      BitLinear.Places at = layer.placesIn(m);
      int values = m.write(x, (long) batch * cols);
      int ofRows = m.write(scales, factors(groupSize));
      Launch product =
          layer.oneScale()
              ? launch(at.planes(), at.sums(), batch)
              : layer.groups(at, planes, ofRows, result);
      layer.launches(values, at, product, ofRows, result).forEach(m::run);
      m.read(result, out, sums);
    }
  }

  private void check(MemorySegment x, MemorySegment out, int batch) {
    Memory.check("x", x, (long) batch * cols, Byte.BYTES);
    Memory.check("out", out, (long) batch * rows);
  }

  private int planesOf(Scratch m, MemorySegment x, int batch) {
    int bits = m.ints((long) batch * words * ActivationPlanes.PLANES);
    int bytes = m.writeRows(x, batch, cols, words * ActivationPlanes.BYTE_WORDS);
    m.run(ActivationPlanes.launch(bytes, bits, batch, words));
    return bits;
  }

  private synchronized void prepare() {
    if (resident != null) {
      return;
    }
    Scratch memory = device.hardware().scratch();
    try (Scratch m = device.hardware().scratch()) {
      long bits = 2L * rows * words;
      planes = memory.ints(bits);
      int bytes = m.writeRows(packed, rows, (cols + 3) / 4, words * WeightPlanes.PACKED_WORDS);
      m.run(WeightPlanes.launch(bytes, planes, rows, words));
      if (level() == TernaryLevel.SPARSE) {
        int[] all = new int[Math.toIntExact(bits)];
        m.readInts(planes, MemorySegment.ofArray(all), bits);
        list(memory, all);
      }
      resident = memory;
      CLEANER.register(this, memory::close);
    } finally {
      if (resident == null) {
        memory.close();
      }
    }
  }

  /** Lists the words that are not all zero. */
  private void list(Scratch memory, int[] all) {
    int[] first = new int[rows + 1];
    int[] found = new int[all.length / 2 * TernarySparse.ENTRY];
    int count = 0;
    for (int r = 0; r < rows; r++) {
      for (int w = 0; w < words; w++) {
        int at = 2 * (r * words + w);
        if ((all[at] | all[at + 1]) != 0) {
          found[TernarySparse.ENTRY * count] = w;
          found[TernarySparse.ENTRY * count + 1] = all[at];
          found[TernarySparse.ENTRY * count + 2] = all[at + 1];
          count++;
        }
      }
      first[r + 1] = count;
    }
    starts = memory.writeInts(nativeCopy(first, first.length), first.length);
    int length = TernarySparse.ENTRY * count;
    entries = memory.writeInts(nativeCopy(found, length), length);
  }

  private static MemorySegment nativeCopy(int[] values, int length) {
    MemorySegment copy = java.lang.foreign.Arena.ofAuto().allocate(4L * Math.max(1, length), 4);
    MemorySegment.copy(values, 0, copy, ValueLayout.JAVA_INT, 0, length);
    return copy;
  }
}
