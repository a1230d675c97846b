package io.tritter.jupyter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
  private static final byte[] SENDER = {0, 1, (byte) 0xff};

  private static List<byte[]> frames(Wire wire) {
    Message request =
        wire.message(
            List.of(SENDER),
            "x_request",
            Wire.parse("{\"msg_id\": \"p\"}"),
            Wire.parse("{\"a\": \"ü\"}"));
    return new ArrayList<>(wire.write(request));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "the key"})
  void whatIsWrittenIsRead(String key) throws IOException {
    Message message = new Wire(key).read(frames(new Wire(key)));
    assertEquals("x_request", message.type());
    assertEquals("p", message.parent().path("msg_id").asText());
    assertEquals("ü", message.content().path("a").asText());
    assertArrayEquals(SENDER, message.route().getFirst());
  }

  /** {@code hmac.new(b"k", b"{}{}{}{}", "sha256").hexdigest()} in Python. */
  @Test
  void theSignatureIsTheHmacOfFourFrames() {
    Message message = new Message(List.of(), Wire.object(), Wire.object(), Wire.object());
    List<byte[]> frames = new Wire("k").write(message);
    assertEquals(
        "6f7c3dea506a2fb840fc9377d65462646f8e8df4acfafa710cf0c50bb2db8de2",
        new String(frames.get(1), StandardCharsets.US_ASCII));
  }

  @Test
  void aMessageWithAnotherKeyOrContentIsRefused() {
    Wire wire = new Wire("k");
    assertThrows(IOException.class, () -> wire.read(frames(new Wire("other"))));
    List<byte[]> changed = frames(wire);
    changed.set(6, "{}".getBytes(StandardCharsets.UTF_8));
    assertThrows(IOException.class, () -> wire.read(changed));
    assertThrows(IOException.class, () -> wire.read(frames(wire).subList(0, 5)));
    assertThrows(IOException.class, () -> wire.read(List.of()));
  }
}
