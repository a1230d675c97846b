package io.tritter.jupyter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Messages as ZeroMQ frames, and JSON as text.
 *
 * <pre>route..., {@code <IDS|MSG>}, signature, header, parent header, metadata, content</pre>
 *
 * <p>The signature is the HMAC-SHA256 of the four frames after it, in hexadecimal digits.
 */
final class Wire {
  /** Of the protocol: the first with interrupts and shutdown on the control channel. */
  static final String VERSION = "5.3";

  private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);
  private static final String ALGORITHM = "HmacSHA256";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SIGNED_FRAMES = 4;

  private final byte[] key;
  private final String session = UUID.randomUUID().toString();

  /** Signs with a key; an empty one means no signatures. */
  Wire(String key) {
    this.key = bytes(key);
  }

  /**
   * The message in frames that arrived.
   *
   * @throws IOException for frames that are no message, or signed with another key
   */
  Message read(List<byte[]> frames) throws IOException {
    int delimiter = 0;
    while (delimiter < frames.size() && !Arrays.equals(frames.get(delimiter), DELIMITER)) {
      delimiter++;
    }
    int first = delimiter + 2;
    if (frames.size() < first + SIGNED_FRAMES) {
      throw new IOException("message: expected a delimiter and 5 frames, got " + frames.size());
    }
    List<byte[]> signed = frames.subList(first, first + SIGNED_FRAMES);
    if (!MessageDigest.isEqual(frames.get(first - 1), signature(signed))) {
      throw new IOException("message: expected a signature made with the connection file's key");
    }
    return new Message(
        List.copyOf(frames.subList(0, delimiter)),
        JSON.readTree(signed.get(0)),
        JSON.readTree(signed.get(1)),
        JSON.readTree(signed.get(3)));
  }

  /** A message to send, and its frames. */
  List<byte[]> write(Message message) {
    byte[] none = bytes("{}");
    List<byte[]> signed =
        List.of(bytes(message.header()), bytes(message.parent()), none, bytes(message.content()));
    List<byte[]> frames = new ArrayList<>(message.route());
    frames.add(DELIMITER);
    frames.add(signature(signed));
    frames.addAll(signed);
    return frames;
  }

  /** A message of ours that {@code parent} caused. */
  Message message(List<byte[]> route, String type, JsonNode parent, JsonNode content) {
    ObjectNode header =
        object()
            .put("msg_id", UUID.randomUUID().toString())
            .put("session", session)
            .put("username", "kernel")
            .put("date", Instant.now().toString())
            .put("msg_type", type)
            .put("version", VERSION);
    return new Message(route, header, parent, content);
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** JSON that the Python side wrote. */
  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("content: expected JSON, got " + json, e);
    }
  }

  private byte[] signature(List<byte[]> frames) {
    if (key.length == 0) {
      return new byte[0];
    }
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      frames.forEach(mac::update);
      return HexFormat.of().formatHex(mac.doFinal()).getBytes(StandardCharsets.US_ASCII);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(JsonNode node) {
    return bytes(node.toString());
  }
}
