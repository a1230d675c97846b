package io.tritter.format;

import io.tritter.optim.CompressedGradients;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.TernaryBlocks;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * {@link CompressedGradients} as bytes on the wire; docs/formats.md has the layout. A message that
 * was read is whole: its checksum fits and each of its bytes has a meaning.
 */
public final class GradientMessage {
  private static final int MAGIC = 0x52475454; // "TTGR"
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 24;
  private static final int CHECKED_FROM = 12;

  /** Characters of a name in UTF-8, dimensions of a tensor: more is refused. */
  private static final int MOST_NAME_BYTES = 1 << 12;

  private static final int MOST_DIMENSIONS = 8;

  private GradientMessage() {}

  /**
   * The message.
   *
   * @throws IllegalArgumentException for more than 2 GiB
   */
  public static byte[] write(CompressedGradients gradients) {
    ParameterShapes shapes = gradients.shapes();
    List<byte[]> names = new ArrayList<>();
    long size = HEADER_BYTES;
    for (int i = 0; i < shapes.count(); i++) {
      names.add(shapes.name(i).getBytes(StandardCharsets.UTF_8));
      size += 2L + names.get(i).length + 1 + 4L * shapes.shape(i).length + 4;
    }
    size += gradients.sizeBytes();
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("gradients: expected at most 2^31-1 bytes, got " + size);
    }
    ByteBuffer out = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).putShort((short) VERSION).putShort((short) 0).putInt(0);
    out.putLong(gradients.seed()).putInt(shapes.count());
    for (int i = 0; i < shapes.count(); i++) {
      out.putShort((short) names.get(i).length).put(names.get(i));
      int[] shape = shapes.shape(i);
      out.put((byte) shape.length);
      for (int n : shape) {
        out.putInt(n);
      }
      byte[] blocks = gradients.blocks().get(i).bytes();
      out.putInt(blocks.length).put(blocks);
    }
    out.putInt(CHECKED_FROM - Integer.BYTES, checksum(out.array()));
    return out.array();
  }

  /**
   * The gradients of a message.
   *
   * @throws FormatException for bytes that are no such message, with the place
   */
  public static CompressedGradients read(String source, byte[] bytes) throws FormatException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < HEADER_BYTES) {
      throw new FormatException(
          source, 0, "expected a header of %d bytes, got %d".formatted(HEADER_BYTES, bytes.length));
    }
    require(source, 0, "the magic number TTGR", in.getInt(), MAGIC);
    require(source, 4, "version " + VERSION, Short.toUnsignedInt(in.getShort()), VERSION);
    require(source, 6, "zeros", in.getShort(), 0);
    require(source, 8, "the checksum of the rest", in.getInt(), checksum(bytes));
    long seed = in.getLong();
    int count = in.getInt();
    List<String> names = new ArrayList<>();
    List<int[]> shapes = new ArrayList<>();
    List<TernaryBlocks> blocks = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        names.add(name(source, in));
        shapes.add(shape(source, in));
        blocks.add(blocks(source, in, shapes.getLast()));
      }
    } catch (BufferUnderflowException e) {
      throw new FormatException(
          source, in.position(), "expected %d tensors, got %d".formatted(count, blocks.size()));
    }
    if (in.hasRemaining()) {
      throw new FormatException(
          source, in.position(), "expected the end, got %d more bytes".formatted(in.remaining()));
    }
    try {
      return new CompressedGradients(ParameterShapes.of(names, shapes), seed, blocks);
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          source, HEADER_BYTES - Integer.BYTES, String.valueOf(e.getMessage()));
    }
  }

  private static String name(String source, ByteBuffer in) throws FormatException {
    int at = in.position();
    int length = Short.toUnsignedInt(in.getShort());
    if (length > MOST_NAME_BYTES) {
      throw new FormatException(
          source,
          at,
          "expected a name of at most %d bytes, got %d".formatted(MOST_NAME_BYTES, length));
    }
    byte[] name = new byte[length];
    in.get(name);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(source, at, "expected a name in UTF-8, got other bytes");
    }
  }

  private static int[] shape(String source, ByteBuffer in) throws FormatException {
    int at = in.position();
    int rank = Byte.toUnsignedInt(in.get());
    if (rank > MOST_DIMENSIONS) {
      throw new FormatException(
          source, at, "expected at most %d dimensions, got %d".formatted(MOST_DIMENSIONS, rank));
    }
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = in.getInt();
      if (shape[i] < 1) {
        throw new FormatException(
            source, in.position() - 4L, "expected a dimension of at least 1, got " + shape[i]);
      }
    }
    return shape;
  }

  private static TernaryBlocks blocks(String source, ByteBuffer in, int[] shape)
      throws FormatException {
    int at = in.position();
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new FormatException(
          source, at, "expected at most %d bytes, got %d".formatted(in.remaining(), length));
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    try {
      long elements = 1;
      for (int n : shape) {
        elements = Math.multiplyExact(elements, n);
      }
      return TernaryBlocks.ofBytes(elements, bytes);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new FormatException(source, at, "blocks: " + e.getMessage());
    }
  }

  private static void require(String source, int at, String what, int got, int wanted)
      throws FormatException {
    if (got != wanted) {
      throw new FormatException(source, at, "expected %s, got %08x".formatted(what, got));
    }
  }

  private static int checksum(byte[] message) {
    CRC32C crc = new CRC32C();
    crc.update(message, CHECKED_FROM, message.length - CHECKED_FROM);
    return (int) crc.getValue();
  }
}
