package io.tritter.train;

import io.tritter.format.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * Numbers of a run for TensorBoard, by the number of steps that were taken before them: records of
 * a length, its checksum, an {@code Event} in protocol buffers and its checksum
 * (tensorflow/core/util/event.proto, lib/io/record_writer).
 */
public final class EventFile implements Closeable {
  /** Keys of protocol buffers: {@code field << 3 | wire type}. */
  private static final int WALL_TIME = 1 << 3 | 1;

  private static final int STEP = 2 << 3;
  private static final int FILE_VERSION = 3 << 3 | 2;
  private static final int SUMMARY = 5 << 3 | 2;
  private static final int SESSION_LOG = 7 << 3 | 2;
  private static final int VALUE = 1 << 3 | 2;
  private static final int TAG = 1 << 3 | 2;
  private static final int SIMPLE_VALUE = 2 << 3 | 5;
  private static final int STATUS = 1 << 3;
  private static final int START = 1;

  private static final int CRC_MASK = 0xa282ead8;

  private final Path path;
  private final OutputStream out;

  private EventFile(Path path, OutputStream out) {
    this.path = path;
    this.out = out;
  }

  /**
   * A new file in a directory.
   *
   * @param steps taken before; what earlier files say of later ones no longer counts
   */
  public static EventFile create(Path directory, long steps) throws IOException {
    Instant now = Instant.now();
    String name =
        "events.out.tfevents.%010d.%d.%d"
            .formatted(now.getEpochSecond(), now.getNano(), ProcessHandle.current().pid());
    Path path = directory.resolve(name);
    EventFile file = new EventFile(path, Files.newOutputStream(path));
    Message version = new Message();
    version.bytes(FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
    file.event(0, version);
    Message session = new Message();
    session.bytes(SESSION_LOG, new Message().varint(STATUS, START).toBytes());
    file.event(steps + 1, session);
    return file;
  }

  /** Writes the numbers of a step that are known. */
  public void write(StepMetrics m) throws IOException {
    Message summary = new Message();
    value(summary, "train/loss", m.loss());
    value(summary, "train/gradient_norm", m.gradientNorm());
    value(summary, "train/learning_rate", m.learningRate());
    value(summary, "train/tokens_per_second", m.tokensPerSecond());
    value(summary, "train/predicted", m.predicted() ? 1 : 0);
    value(summary, "train/prediction_error", m.predictionError());
    value(summary, "train/step_seconds", m.stepSeconds());
    value(summary, "train/memory_bytes", m.memoryBytes());
    event(m.step() + 1, new Message().bytes(SUMMARY, summary.toBytes()));
  }

  /** Writes a held-out loss. */
  public void write(HeldOutLoss m) throws IOException {
    Message summary = new Message();
    value(summary, "held_out/loss", m.loss());
    value(summary, "held_out/perplexity", Math.exp(m.loss()));
    event(m.step(), new Message().bytes(SUMMARY, summary.toBytes()));
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private static void value(Message summary, String tag, double value) {
    if (!Double.isNaN(value)) {
      Message entry = new Message().bytes(TAG, tag.getBytes(StandardCharsets.UTF_8));
      summary.bytes(VALUE, entry.fixed32(SIMPLE_VALUE, (float) value).toBytes());
    }
  }

  private void event(long step, Message content) throws IOException {
    Message event = new Message().fixed64(WALL_TIME, System.currentTimeMillis() / 1e3);
    event.varint(STEP, step).append(content);
    byte[] data = event.toBytes();
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(data.length);
    record
        .putInt(maskedCrc(record.array(), Long.BYTES))
        .put(data)
        .putInt(maskedCrc(data, data.length));
    try {
      out.write(record.array());
    } catch (IOException e) {
      throw AtomicFile.named(path, e);
    }
  }

  private static int maskedCrc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
  }

  /** Fields of a protocol buffer, in the order in which they are added. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message varint(int key, long value) {
      number(key);
      number(value);
      return this;
    }

    Message fixed32(int key, float value) {
      number(key);
      bytes.writeBytes(little(Float.BYTES).putFloat(value).array());
      return this;
    }

    Message fixed64(int key, double value) {
      number(key);
      bytes.writeBytes(little(Double.BYTES).putDouble(value).array());
      return this;
    }

    Message bytes(int key, byte[] value) {
      number(key);
      number(value.length);
      bytes.writeBytes(value);
      return this;
    }

    void append(Message other) {
      bytes.writeBytes(other.toBytes());
    }

    byte[] toBytes() {
      return bytes.toByteArray();
    }

    private static ByteBuffer little(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Seven bits a byte, the lowest first. */
    private void number(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        bytes.write((int) ((rest & 0x7F) | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }
  }
}
