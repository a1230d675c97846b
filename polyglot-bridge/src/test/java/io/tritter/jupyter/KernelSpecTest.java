package io.tritter.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class KernelSpecTest {
  private static final Path HOME = Path.of("/home/ada");
  @TempDir private Path folder;

  private static Path data(String system, Map<String, String> environment) {
    return KernelSpec.userData(environment, system, HOME);
  }

  @Test
  void theUsersFolderIsJupyters() {
    assertEquals(HOME.resolve(".local/share/jupyter"), data("Linux", Map.of()));
    assertEquals(Path.of("/d/jupyter"), data("Linux", Map.of("XDG_DATA_HOME", "/d")));
    assertEquals(HOME.resolve("Library/Jupyter"), data("Mac OS X", Map.of()));
    assertEquals(Path.of("/r/jupyter"), data("Windows 11", Map.of("APPDATA", "/r")));
    assertEquals(Path.of("/own"), data("Mac OS X", Map.of("JUPYTER_DATA_DIR", "/own")));
  }

  @Test
  void theSpecStartsTheLauncher() throws IOException {
    KernelSpec spec = new KernelSpec(KernelSpec.data(folder), "tritter");
    Map<String, String> environment = Map.of("TRITTER_OPTS", "-Xmx1g", "HOME", "/");
    spec.install(Path.of("/opt/tritter"), "Shown", environment);
    Path file = folder.resolve("share/jupyter/kernels/tritter/kernel.json");
    JsonNode json = Wire.parse(Files.readString(file));
    assertEquals(
        Wire.parse("[\"/opt/tritter\", \"jupyter\", \"kernel\", \"{connection_file}\"]"),
        json.get("argv"));
    assertEquals("Shown", json.get("display_name").asText());
    assertEquals("message", json.get("interrupt_mode").asText());
    assertEquals(Wire.parse("{\"TRITTER_OPTS\": \"-Xmx1g\"}"), json.get("env"));
    spec.uninstall();
    assertFalse(Files.exists(spec.folder()));
    assertThrows(NoSuchFileException.class, spec::uninstall);
  }

  @Test
  void theSpecOfAnotherKernelStays() throws IOException {
    KernelSpec spec = new KernelSpec(folder, "python3");
    Files.createDirectories(spec.folder());
    Path file = spec.folder().resolve("kernel.json");
    Files.writeString(file, "{\"argv\": [\"python\", \"-m\", \"ipykernel\"]}");
    assertThrows(IllegalArgumentException.class, spec::uninstall);
    assertTrue(Files.exists(file));
  }

  private String run(int code, String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    CommandLine command = JupyterCommand.create(Path.of("/opt/tritter"));
    assertEquals(code, command.setOut(writer).setErr(writer).execute(arguments));
    return text.toString().lines().findFirst().orElse("");
  }

  @Test
  void theCommandsSayWhatTheyDidOrWhyNot() {
    String prefix = "--prefix=" + folder;
    Path spec = folder.resolve("share/jupyter/kernels/a.b");
    assertEquals(spec.toString(), run(0, "install", "--name", "a.b", prefix));
    assertEquals(spec.toString(), run(0, "uninstall", "--name", "a.b", prefix));
    assertEquals(
        spec + ": expected a kernel spec, got none", run(2, "uninstall", "--name", "a.b", prefix));
    assertEquals(
        "--name: expected letters, digits, '.', '_' and '-', got a/b",
        run(2, "install", "--name", "a/b", prefix));
    assertEquals("COMMAND: expected one, got none", run(2));
    assertEquals("nowhere.json: expected a file, got none", run(2, "kernel", "nowhere.json"));
  }

  @Test
  void aConnectionFileIsChecked() throws IOException {
    Path file = folder.resolve("c.json");
    String ports = "\"shell_port\": 1, \"control_port\": 2, \"stdin_port\": 3, \"iopub_port\": 4";
    Files.writeString(file, "{" + ports + ", \"hb_port\": 5, \"key\": \"k\"}");
    ConnectionFile connection = ConnectionFile.read(file);
    assertEquals("tcp://127.0.0.1:4", connection.address(connection.iopub()));
    Files.writeString(file, "{" + ports + "}");
    assertEquals(file + ": hb_port: expected a port, got ", run(2, "kernel", file.toString()));
    Files.writeString(file, "{\"signature_scheme\": \"hmac-md5\"}");
    assertEquals(
        file + ": signature_scheme: expected hmac-sha256, got hmac-md5",
        run(2, "kernel", file.toString()));
    Files.writeString(file, "{");
    assertTrue(run(2, "kernel", file.toString()).startsWith(file + ": expected JSON, got "));
  }
}
