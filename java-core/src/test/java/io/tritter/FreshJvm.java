package io.tritter;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a program in JVMs of its own until one ends well.
 *
 * <p>What C2 inlines depends on what it met before, and at times on chance: in the JVM of a whole
 * test suite, and in about one of ten fresh ones, some vectors stay objects for good.
 */
public final class FreshJvm {
  private static final int ATTEMPTS = 3;

  private FreshJvm() {}

  /** Fails with what the last of three runs has said, if none has ended with exit code 0. */
  public static void run(Class<?> program) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    String said = "";
    for (int i = 0; i < ATTEMPTS; i++) {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() == 0) {
        return;
      }
    }
    fail(program.getSimpleName() + ": " + said);
  }
}
