package io.tritter.optim;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The largest elements of a tensor as trits, each block of {@value #BLOCK} with one scale, the mean
 * magnitude of what it keeps; the others are zero.
 *
 * <p>A block is a byte that says how many elements it keeps, a float32 scale unless that is 0, a
 * byte with the place of each, and their signs, a bit each, set for -1, from the lowest on. Where 2
 * bits an element are shorter, the first byte is 255 and the scale is followed by four trits a
 * byte, 0 = 00, +1 = 01, -1 = 10, the first one lowest. Numbers are little-endian.
 */
public final class TernaryBlocks {
  /** Elements of a block; the last one may have fewer. */
  public static final int BLOCK = 256;

  private static final int WORDS = BLOCK / Long.SIZE;

  /** Elements that are compared with the threshold at a time. */
  private static final int CHUNK = 32 * BLOCK;

  private static final int DENSE = 255;
  private static final int LONGEST = 1 + Float.BYTES + BLOCK / 4;
  private static final long EVEN = 0x5555_5555_5555_5555L;
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long size;
  private final byte[] bytes;

  private TernaryBlocks(long size, byte[] bytes) {
    this.size = size;
    this.bytes = bytes;
  }

  /**
   * Codes the elements of at least a magnitude.
   *
   * @param x finite, any shape
   * @param threshold positive
   */
  static TernaryBlocks of(Tensor x, float threshold) {
    return new Writer(x, null, threshold).all();
  }

  /**
   * Adds {@code gradient} to {@code error}, codes the sum, and subtracts from it what the code
   * says: the error stays.
   */
  static TernaryBlocks take(Tensor error, Tensor gradient, float threshold) {
    return new Writer(error, gradient, threshold).all();
  }

  /**
   * Blocks that came from elsewhere, looked at to the last bit.
   *
   * @param size elements of the tensor
   * @throws IllegalArgumentException for bytes that are no blocks of so many elements, with the
   *     place
   */
  public static TernaryBlocks ofBytes(long size, byte[] bytes) {
    if (size < 1) {
      throw Check.expected("size", "at least 1", size);
    }
    int at = 0;
    for (long first = 0; first < size; first += BLOCK) {
      at = TernaryBlockCheck.after(bytes, at, (int) Math.min(BLOCK, size - first));
    }
    if (at != bytes.length) {
      throw Check.expected("byte " + at, "the end of the blocks", (bytes.length - at) + " more");
    }
    return new TernaryBlocks(size, bytes.clone());
  }

  /** Elements of the tensor. */
  public long size() {
    return size;
  }

  /** Bytes of the code. */
  public int sizeBytes() {
    return bytes.length;
  }

  /** A copy of the code. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Adds {@code weight} times the tensor: many are merged without one of them being expanded.
   *
   * @param out any shape of {@link #size} elements
   */
  public void addTo(Tensor out, float weight) {
    if (out.size() != size) {
      throw Check.expected("out", size + " elements", out.size());
    }
    int at = 0;
    for (long first = 0; first < size; first += BLOCK) {
      at = addBlock(at, (int) Math.min(BLOCK, size - first), out, first, weight);
    }
  }

  /** Adds the block at {@code at} to the elements from {@code first} on; where the next begins. */
  int addBlock(int at, int length, Tensor out, long first, float weight) {
    int kept = Byte.toUnsignedInt(bytes[at]);
    if (kept == 0) {
      return at + 1;
    }
    float scale = weight * (float) FLOAT.get(bytes, at + 1);
    int from = at + 1 + Float.BYTES;
    if (kept == DENSE) {
      for (int i = 0; i < length; i++) {
        int code = bytes[from + i / 4] >>> (2 * (i % 4)) & 3;
        if (code != 0) {
          out.set(first + i, out.get(first + i) + (code == 1 ? scale : -scale));
        }
      }
      return from + Math.ceilDiv(length, 4);
    }
    int signs = from + kept;
    for (int i = 0; i < kept; i++) {
      long place = first + Byte.toUnsignedInt(bytes[from + i]);
      boolean negative = (bytes[signs + i / 8] >>> (i % 8) & 1) != 0;
      out.set(place, out.get(place) + (negative ? -scale : scale));
    }
    return signs + Math.ceilDiv(kept, 8);
  }

  /** Writes block after block. */
  private static final class Writer {
    private final Tensor x;
    private final float threshold;
    private final @Nullable Tensor addend;
    private final long[] plus = new long[CHUNK / Long.SIZE];
    private final long[] minus = new long[CHUNK / Long.SIZE];
    private final long[] signs = new long[WORDS + 1];
    private byte[] out;
    private int at;

    /**
     * A writer of all of a tensor.
     *
     * @param addend added to {@code x}, from which what is written is then subtracted; null leaves
     *     {@code x} as it is
     */
    Writer(Tensor x, @Nullable Tensor addend, float threshold) {
      this.x = x;
      this.addend = addend;
      this.threshold = threshold;
      out = new byte[(int) Math.min(x.size() / 32 + LONGEST, 1 << 28)];
    }

    TernaryBlocks all() {
      long size = x.size();
      for (long first = 0; first < size; first += CHUNK) {
        int n = (int) Math.min(CHUNK, size - first);
        MemorySegment chunk = part(x, first, n);
        if (addend != null) {
          Kernels.active().axpby(1, part(addend, first, n), 1, chunk, n);
        }
        Kernels.active().thresholdTrits(chunk, n, threshold, plus, minus);
        for (int from = 0; from < n; from += BLOCK) {
          block(first + from, from / Long.SIZE, Math.min(BLOCK, n - from));
        }
      }
      return new TernaryBlocks(size, Arrays.copyOf(out, at));
    }

    private static MemorySegment part(Tensor tensor, long first, int n) {
      return tensor.data().asSlice(first * Float.BYTES, (long) n * Float.BYTES);
    }

    /** The block whose planes start at a word. */
    private void block(long first, int word, int length) {
      if (out.length - at < LONGEST) {
        out = Arrays.copyOf(out, Math.addExact(out.length, out.length / 2 + LONGEST));
      }
      int words = Math.ceilDiv(length, Long.SIZE);
      int kept = 0;
      for (int w = word; w < word + words; w++) {
        kept += Long.bitCount(plus[w] | minus[w]);
      }
      if (kept == 0) {
        out[at++] = 0;
        return;
      }
      float scale;
      int start = at;
      at += 1 + Float.BYTES;
      int signBytes = Math.ceilDiv(kept, 8);
      if (kept + signBytes < Math.ceilDiv(length, 4)) {
        out[start] = (byte) kept;
        scale = (float) (places(first, word, words) / kept);
        signs(word, words);
        at += kept + signBytes;
      } else {
        out[start] = (byte) DENSE;
        scale = (float) (codes(first, word, words) / kept);
        at += Math.ceilDiv(length, 4);
      }
      FLOAT.set(out, start + 1, scale);
      if (addend != null) {
        subtract(first, word, words, scale);
      }
    }

    /** Writes the places of what is kept; the sum of its magnitudes. */
    private double places(long first, int word, int words) {
      double sum = 0;
      int to = at;
      for (int w = 0; w < words; w++) {
        for (long bits = plus[word + w] | minus[word + w]; bits != 0; bits &= bits - 1) {
          int place = w * Long.SIZE + Long.numberOfTrailingZeros(bits);
          out[to++] = (byte) place;
          sum += Math.abs(x.get(first + place));
        }
      }
      return sum;
    }

    /** Writes the signs behind the places. */
    private void signs(int word, int words) {
      Arrays.fill(signs, 0);
      int n = 0;
      for (int w = word; w < word + words; w++) {
        long any = plus[w] | minus[w];
        long packed = Long.compress(minus[w], any);
        signs[n / Long.SIZE] |= packed << n; // shifts by n mod 64
        if (n % Long.SIZE != 0) {
          signs[n / Long.SIZE + 1] |= packed >>> -n;
        }
        n += Long.bitCount(any);
      }
      int to = at + n;
      for (int i = 0; i < Math.ceilDiv(n, 8); i++) {
        out[to + i] = (byte) (signs[i / 8] >>> (8 * i)); // by 8 i mod 64
      }
    }

    /** Writes the trits of the block; the sum of the magnitudes of what is kept. */
    private double codes(long first, int word, int words) {
      double sum = 0;
      for (int w = 0; w < words; w++) {
        long p = plus[word + w];
        long m = minus[word + w];
        int to = at + w * 16;
        LONG.set(out, to, Long.expand(p, EVEN) | Long.expand(m, ~EVEN));
        LONG.set(out, to + 8, Long.expand(p >>> 32, EVEN) | Long.expand(m >>> 32, ~EVEN));
        for (long bits = p | m; bits != 0; bits &= bits - 1) {
          sum += Math.abs(x.get(first + 64L * w + Long.numberOfTrailingZeros(bits)));
        }
      }
      return sum;
    }

    private void subtract(long first, int word, int words, float scale) {
      for (int w = 0; w < words; w++) {
        long negative = minus[word + w];
        for (long bits = plus[word + w] | negative; bits != 0; bits &= bits - 1) {
          int bit = Long.numberOfTrailingZeros(bits);
          long place = first + 64L * w + bit;
          x.set(place, x.get(place) - ((negative >>> bit & 1) == 0 ? scale : -scale));
        }
      }
    }
  }
}
