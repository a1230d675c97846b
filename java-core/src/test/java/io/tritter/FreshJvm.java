package io.tritter;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks a program of some checks in JVMs of its own, until each check has held in one of them.
 *
 * <p>What C2 inlines depends on what it met before, and at times on chance: in the JVM of a whole
 * test suite, and for one operation or another in every third fresh one, some vectors stay objects
 * for good. A check that never held is an error.
 */
public final class FreshJvm {
  private static final int ATTEMPTS = 5;

  /** Between the name of a check that did not hold and what was found. */
  private static final String EXPECTED = ": expected ";

  private FreshJvm() {}

  /**
   * Fails with what the last of five runs has said, if a check has held in none.
   *
   * @param program prints a line "name: expected …, got …" and ends with exit code 1 for checks
   *     that do not hold; its arguments are the names of the checks to make, none for all
   * @param options further ones of the JVM
   */
  public static void run(Class<?> program, String... options)
      throws IOException, InterruptedException {
    List<String> checks = List.of();
    String said = "";
    for (int i = 0; i < ATTEMPTS; i++) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("--add-modules=jdk.incubator.vector");
      command.add("--enable-native-access=ALL-UNNAMED");
      command.addAll(List.of(options));
      command.add("-cp");
      command.add(System.getProperty("java.class.path"));
      command.add(program.getName());
      command.addAll(checks);
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() == 0) {
        return;
      }
      checks =
          said.lines()
              .filter(line -> line.contains(EXPECTED))
              .map(line -> line.substring(0, line.indexOf(EXPECTED)))
              .toList();
    }
    fail(program.getSimpleName() + ": " + said);
  }

  /** Whether a program with these arguments makes a check. */
  public static boolean wants(String[] arguments, String check) {
    return arguments.length == 0 || List.of(arguments).contains(check);
  }
}
