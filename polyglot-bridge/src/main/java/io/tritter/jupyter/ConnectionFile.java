package io.tritter.jupyter;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Jupyter tells a kernel in a file: where to listen, and the key that signs messages.
 *
 * @param transport {@code tcp} or {@code ipc}
 * @param key empty: messages are not signed
 */
record ConnectionFile(
    String transport,
    String ip,
    String key,
    int shell,
    int control,
    int stdin,
    int iopub,
    int heartbeat) {
  private static final String SCHEME = "hmac-sha256";

  /**
   * Reads the file.
   *
   * @throws IllegalArgumentException for a file that is not such a one
   */
  static ConnectionFile read(Path path) throws IOException {
    JsonNode file;
    try {
      file = new ObjectMapper().readTree(Files.readString(path));
    } catch (JacksonException e) {
      throw Check.expected(path.toString(), "JSON", e.getOriginalMessage());
    }
    String scheme = file.path("signature_scheme").asText(SCHEME);
    if (!scheme.equals(SCHEME)) {
      throw Check.expected(path + ": signature_scheme", SCHEME, scheme);
    }
    return new ConnectionFile(
        file.path("transport").asText("tcp"),
        file.path("ip").asText("127.0.0.1"),
        file.path("key").asText(""),
        port(path, file, "shell_port"),
        port(path, file, "control_port"),
        port(path, file, "stdin_port"),
        port(path, file, "iopub_port"),
        port(path, file, "hb_port"));
  }

  private static int port(Path path, JsonNode file, String name) {
    JsonNode port = file.path(name);
    if (!port.canConvertToInt() || port.asInt() < 1) {
      throw Check.expected(path + ": " + name, "a port", port);
    }
    return port.asInt();
  }

  /** The ZeroMQ address of a port. */
  String address(int port) {
    return transport.equals("ipc")
        ? "ipc://%s-%d".formatted(ip, port)
        : "%s://%s:%d".formatted(transport, ip, port);
  }
}
