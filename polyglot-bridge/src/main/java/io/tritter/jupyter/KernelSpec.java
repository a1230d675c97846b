package io.tritter.jupyter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A kernel in the list that Jupyter offers: a folder {@code kernels/NAME} with a {@code
 * kernel.json}.
 *
 * @param data Jupyter's data folder, such as {@code ~/.local/share/jupyter}
 */
record KernelSpec(Path data, String name) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final String FILE = "kernel.json";
  private static final String COMMAND = "jupyter";

  /** What a kernel is started with has to be what the launcher was installed with. */
  private static final List<String> ENVIRONMENT = List.of("TRITTER_JAVA_HOME", "TRITTER_OPTS");

  KernelSpec {
    if (!NAME.matcher(name).matches()) {
      throw Check.expected("name", "letters, digits, '.', '_' and '-'", name);
    }
  }

  /** Jupyter's data folder of the user, by the rules of Jupyter. */
  static Path userData(Map<String, String> environment, String system, Path home) {
    String own = environment.getOrDefault("JUPYTER_DATA_DIR", "");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    if (system.startsWith("Mac")) {
      return home.resolve("Library/Jupyter");
    }
    String windows = environment.getOrDefault("APPDATA", "");
    if (system.startsWith("Windows") && !windows.isEmpty()) {
      return Path.of(windows, COMMAND);
    }
    String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
    return (xdg.isEmpty() ? home.resolve(".local/share") : Path.of(xdg)).resolve(COMMAND);
  }

  /** Jupyter's data folder in a Python installation. */
  static Path data(Path prefix) {
    return prefix.resolve("share").resolve(COMMAND);
  }

  Path folder() {
    return data.resolve("kernels").resolve(name);
  }

  /** Writes the spec of a kernel that the launcher starts. */
  void install(Path launcher, String displayName, Map<String, String> environment)
      throws IOException {
    ObjectNode spec = Wire.object();
    spec.putArray("argv")
        .add(launcher.toString())
        .add(COMMAND)
        .add("kernel")
        .add("{connection_file}");
    spec.put("display_name", displayName).put("language", "python");
    spec.put("interrupt_mode", "message");
    ObjectNode variables = spec.putObject("env");
    for (String variable : ENVIRONMENT) {
      if (environment.containsKey(variable)) {
        variables.put(variable, environment.get(variable));
      }
    }
    Files.createDirectories(folder());
    String text = spec.toPrettyString() + "\n";
    Files.writeString(folder().resolve(FILE), text);
  }

  /**
   * Removes the spec and its folder.
   *
   * @throws NoSuchFileException where there is none
   * @throws IllegalArgumentException for the spec of another kernel
   */
  void uninstall() throws IOException {
    Path file = folder().resolve(FILE);
    JsonNode argv = new ObjectMapper().readTree(Files.readString(file)).path("argv");
    if (!argv.path(1).asText().equals(COMMAND) || !argv.path(2).asText().equals("kernel")) {
      throw Check.expected(file.toString(), "a kernel of tritter", argv);
    }
    Files.delete(file);
    Files.delete(folder());
  }
}
