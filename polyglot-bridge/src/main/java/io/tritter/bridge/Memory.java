package io.tritter.bridge;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/**
 * The memory that Python and Java share.
 *
 * <p>A <em>direct</em> memory takes an address at its word: Python owns the array and keeps it
 * alive for the call, nothing is copied. A sandboxed script gets the other kind, in which only
 * addresses inside blocks that {@link #allocate} handed out are good; bytes travel in and out as
 * Latin-1 strings, the one bulk transfer that needs no native access.
 */
public final class Memory {
  private static final long ALIGNMENT = 64;
  private static final Cleaner CLEANER = Cleaner.create();

  private final boolean direct;
  private final long limitBytes;
  private final AtomicLong usedBytes = new AtomicLong();
  private final NavigableMap<Long, MemorySegment> blocks = new ConcurrentSkipListMap<>();

  /**
   * An empty memory.
   *
   * @param direct whether any address is accepted
   * @param limitBytes what blocks and {@link #keep kept} objects may take together
   */
  Memory(boolean direct, long limitBytes) {
    this.direct = direct;
    this.limitBytes = limitBytes;
  }

  @HostAccess.Export
  public boolean direct() {
    return direct;
  }

  /** A new block of zeros, until it is {@link #free}d. */
  @HostAccess.Export
  public long allocate(long bytes) {
    if (bytes < 0) {
      throw Check.expected("bytes", "at least 0", bytes);
    }
    reserve("bytes", bytes);
    // At least one byte, so that two blocks never have the same address.
    MemorySegment block = Arena.ofAuto().allocate(Math.max(bytes, 1), ALIGNMENT);
    blocks.put(block.address(), block.asSlice(0, bytes));
    return block.address();
  }

  @HostAccess.Export
  public void free(long address) {
    MemorySegment block = blocks.remove(address);
    if (block != null) {
      usedBytes.addAndGet(-block.byteSize());
    }
  }

  /** Makes an object for which Python holds a handle, if there is room for its arrays. */
  <T> T keep(String name, long bytes, Supplier<T> make) {
    reserve(name, bytes);
    T object = make.get();
    if (limitBytes < Long.MAX_VALUE) {
      CLEANER.register(object, () -> usedBytes.addAndGet(-bytes));
    }
    return object;
  }

  private void reserve(String name, long bytes) {
    long left = limitBytes - usedBytes.get();
    if (bytes > left) {
      throw Check.expected(
          name, "at most " + left + " bytes, what is left of " + limitBytes, bytes);
    }
    usedBytes.addAndGet(bytes);
  }

  /** Writes bytes, one a character, to the start of a block. */
  @HostAccess.Export
  public void write(long address, String latin1) {
    byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
    block(address, bytes.length).copyFrom(MemorySegment.ofArray(bytes));
  }

  /** The first bytes of a block, one a character. */
  @HostAccess.Export
  public String read(long address, long bytes) {
    return text(block(address, bytes));
  }

  /** The bytes of a tensor, one a character. */
  @HostAccess.Export
  public String readTensor(Tensor tensor) {
    return text(tensor.data());
  }

  /** Where a tensor is; good as long as Python holds on to the tensor. */
  @HostAccess.Export
  public long addressOf(Tensor tensor) {
    return tensor.data().address();
  }

  @HostAccess.Export
  public int[] shapeOf(Tensor tensor) {
    return tensor.shape();
  }

  /**
   * Converts between element types; to float32 it rounds to the nearest.
   *
   * @param type {@code float32, float64, int8, uint8, int16, uint16, int32, uint32, int64}
   * @param toType {@code float32}, {@code int32} or {@code int8}
   * @throws IllegalArgumentException for a value that an integer type does not have
   */
  @HostAccess.Export
  public void convert(
      long address, long size, String type, String toType, long toAddress, long toSize) {
    if (size != toSize) {
      throw Check.expected("array", toSize + " elements", size);
    }
    ElementType from = ElementType.named(type);
    ElementType to = ElementType.named(toType);
    ElementType.convert(
        segment("array", address, bytes("array", size, from.bytes())),
        from,
        segment("array", toAddress, bytes("array", toSize, to.bytes())),
        to,
        size);
  }

  /** A copy of the int32 numbers at an address. */
  int[] ints(String name, long address, long size) {
    return segment(name, address, size * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
  }

  /** The float32 tensor at an address. */
  Tensor tensor(String name, long address, long size, int... shape) {
    long elements = 1;
    for (int n : shape) {
      elements = Math.multiplyExact(elements, n);
    }
    if (elements != size) {
      throw Check.expected(name, elements + " elements for " + Arrays.toString(shape), size);
    }
    return Tensor.wrap(segment(name, address, bytes(name, size, Float.BYTES)), shape);
  }

  /** {@link #tensor}, or null for no elements: an argument that was left out. */
  @Nullable Tensor optional(String name, long address, long size, int... shape) {
    return size == 0 ? null : tensor(name, address, size, shape);
  }

  /** The float32 tensors at addresses, by name. */
  Map<String, Tensor> tensors(String[] names, int[][] shapes, long[] addresses, long[] sizes) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      tensors.put(names[i], tensor(names[i], addresses[i], sizes[i], shapes[i]));
    }
    return tensors;
  }

  /** The bytes at an address. */
  MemorySegment segment(String name, long address, long bytes) {
    if (bytes < 0) {
      throw Check.expected(name, "a size of at least 0", bytes);
    }
    if (!direct) {
      return block(address, bytes);
    }
    if (address == 0 && bytes > 0) {
      throw Check.expected(name, "an address", "null");
    }
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  /** Sizes come from Python: a product that overflows would pass for a small one. */
  private static long bytes(String name, long elements, int each) {
    if (elements < 0 || elements > Long.MAX_VALUE / each) {
      throw Check.expected(name, "a number of elements that memory can hold", elements);
    }
    return elements * each;
  }

  private MemorySegment block(long address, long bytes) {
    Map.Entry<Long, MemorySegment> entry = blocks.floorEntry(address);
    if (entry == null
        || bytes < 0
        || address - entry.getKey() > entry.getValue().byteSize() - bytes) {
      throw Check.expected("address", "one inside a block of this memory", address);
    }
    return entry.getValue().asSlice(address - entry.getKey(), bytes);
  }

  private static String text(MemorySegment bytes) {
    return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
  }
}
