package io.tritter.format;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.optim.CompressedGradients;
import io.tritter.optim.GradientCompressor;
import io.tritter.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class GradientMessageTest {
  private static final int ATTEMPTS = 20_000;

  private static CompressedGradients gradients() {
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    gradients.put("layer.ä.weight", Tensor.zeros(20, 31));
    gradients.put("scale", Tensor.zeros());
    SplittableRandom random = new SplittableRandom(3);
    for (Tensor g : gradients.values()) {
      for (long i = 0; i < g.size(); i++) {
        g.set(i, (float) random.nextGaussian());
      }
    }
    return GradientCompressor.once(gradients, 0.2, -7);
  }

  @Test
  void aMessageGivesBackWhatWasWritten() throws FormatException {
    CompressedGradients gradients = gradients();
    byte[] message = GradientMessage.write(gradients);
    CompressedGradients read = GradientMessage.read("peer", message);
    assertEquals(-7, read.seed());
    assertArrayEquals(message, GradientMessage.write(read));
    Map<String, Tensor> expected = gradients.decompress();
    read.decompress()
        .forEach(
            (name, got) -> {
              Tensor wanted = requireNonNull(expected.get(name), name);
              assertArrayEquals(wanted.shape(), got.shape());
              assertArrayEquals(wanted.toArray(), got.toArray());
            });
  }

  @Test
  void whatIsWrongIsNamedWithItsPlace() {
    byte[] message = GradientMessage.write(gradients());
    assertRefused("peer, byte 0: expected a header of 24 bytes, got 5", Arrays.copyOf(message, 5));
    assertRefused("peer, byte 0: expected the magic number TTGR", changed(message, 1, 0));
    assertRefused("peer, byte 4: expected version 1, got 00000002", changed(message, 4, 2));
    assertRefused("peer, byte 6: expected zeros", changed(message, 7, 1));
    assertRefused("peer, byte 8: expected the checksum of the rest", changed(message, 60, 99));
    assertRefused(
        "peer, byte %d: expected 3 tensors, got 2".formatted(message.length),
        checksummed(changed(message, 20, 3)));
    assertRefused(
        "expected the end, got 1 more bytes",
        checksummed(Arrays.copyOf(message, message.length + 1)));
    assertRefused(
        "peer, byte 24: expected a name of at most 4096 bytes, got 65295",
        checksummed(changed(message, 25, 255)));
    assertRefused("expected a name in UTF-8", checksummed(changed(message, 32, 255)));
    assertRefused("expected a dimension of at least 1", checksummed(changed(message, 45, 255)));
  }

  private static byte[] changed(byte[] message, int at, int value) {
    byte[] copy = message.clone();
    copy[at] = (byte) value;
    return copy;
  }

  private static byte[] checksummed(byte[] message) {
    CRC32C crc = new CRC32C();
    crc.update(message, 12, message.length - 12);
    ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putInt(8, (int) crc.getValue());
    return message;
  }

  private static void assertRefused(String part, byte[] message) {
    FormatException e =
        assertThrows(FormatException.class, () -> GradientMessage.read("peer", message), part);
    assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
  }

  @Test
  void anyOtherBytesAreRefusedOrMeanGradients() {
    byte[] message = GradientMessage.write(gradients());
    SplittableRandom random = new SplittableRandom(17);
    int refused = 0;
    for (int i = 0; i < ATTEMPTS; i++) {
      byte[] bytes =
          Arrays.copyOf(message, message.length - random.nextInt(2) * random.nextInt(40));
      for (int j = random.nextInt(1, 4); j > 0; j--) {
        bytes[random.nextInt(12, bytes.length)] = (byte) random.nextInt();
      }
      try {
        CompressedGradients read = GradientMessage.read("peer", checksummed(bytes));
        assertArrayEquals(bytes, GradientMessage.write(read));
      } catch (FormatException e) {
        refused++;
      }
    }
    assertTrue(refused > ATTEMPTS / 2, refused + " refused");
  }
}
