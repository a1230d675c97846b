package io.tritter.format;

import io.tritter.tensor.Check;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Writes what stands before the tensors of a GGUF file. */
final class GgufHead {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private GgufHead() {}

  /** The bytes up to the first tensor, whose number is a multiple of the alignment. */
  static MemorySegment bytes(Map<String, GgufValue> metadata, Map<String, GgufTensor> tensors) {
    GgufHead head = new GgufHead();
    head.int32(GgufReader.MAGIC);
    head.int32(GgufReader.VERSION);
    head.int64(tensors.size());
    head.int64(metadata.size());
    metadata.forEach(
        (key, value) -> {
          head.string(key);
          head.value(value);
        });
    int alignment = alignment(metadata);
    long at = 0;
    for (Map.Entry<String, GgufTensor> e : tensors.entrySet()) {
      GgufTensor tensor = e.getValue();
      head.string(e.getKey());
      int[] shape = tensor.shape();
      head.int32(shape.length);
      for (int i = shape.length - 1; i >= 0; i--) {
        head.int64(shape[i]);
      }
      head.int32(tensor.type().id());
      head.int64(at);
      at = GgufReader.align(at + tensor.sizeBytes(), alignment);
    }
    head.out.writeBytes(
        new byte[(int) GgufReader.align(head.out.size(), alignment) - head.out.size()]);
    return MemorySegment.ofArray(head.out.toByteArray());
  }

  /** The alignment that the metadata name, or the usual one. */
  static int alignment(Map<String, GgufValue> metadata) {
    GgufValue value = metadata.get(GgufReader.ALIGNMENT);
    long alignment = value == null ? GgufReader.DEFAULT_ALIGNMENT : value.asLong();
    if (alignment < 1 || alignment > GgufReader.MOST_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw Check.expected(
          GgufReader.ALIGNMENT, "a power of two up to " + GgufReader.MOST_ALIGNMENT, alignment);
    }
    return (int) alignment;
  }

  private void value(GgufValue value) {
    if (value.content() instanceof List<?> list) {
      int32(GgufValue.Kind.ARRAY);
      int32(value.kind().id);
      int64(list.size());
      list.forEach(element -> scalar(value.kind(), element));
    } else {
      int32(value.kind().id);
      scalar(value.kind(), value.content());
    }
  }

  private void scalar(GgufValue.Kind kind, Object value) {
    switch (kind) {
      case UINT8, INT8 -> out.write((byte) (long) (Long) value);
      case UINT16, INT16 ->
          put(ByteBuffer.allocate(2), b -> b.putShort((short) (long) (Long) value));
      case UINT32, INT32 -> int32((int) (long) (Long) value);
      case FLOAT32 -> int32(Float.floatToRawIntBits((float) (double) (Double) value));
      case BOOL -> out.write((Boolean) value ? 1 : 0);
      case STRING -> string((String) value);
      case UINT64, INT64 -> int64((Long) value);
      case FLOAT64 -> int64(Double.doubleToRawLongBits((Double) value));
    }
  }

  private void string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int64(bytes.length);
    out.writeBytes(bytes);
  }

  private void int32(int value) {
    put(ByteBuffer.allocate(Integer.BYTES), b -> b.putInt(value));
  }

  private void int64(long value) {
    put(ByteBuffer.allocate(Long.BYTES), b -> b.putLong(value));
  }

  private void put(ByteBuffer buffer, UnaryOperator<ByteBuffer> write) {
    out.writeBytes(write.apply(buffer.order(ByteOrder.LITTLE_ENDIAN)).array());
  }
}
