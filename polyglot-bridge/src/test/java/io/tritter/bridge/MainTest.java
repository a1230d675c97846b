package io.tritter.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.kernel.Kernels;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine commands =
        Main.commands().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commands.execute(args);
  }

  private void printed(String regex) {
    assertTrue(Pattern.compile("(?m)" + regex).matcher(out.toString()).find(), out.toString());
  }

  @Test
  void infoSaysWhatIsUsedAndWhy() {
    assertEquals(0, run("info"), err.toString());
    printed("^JDK +" + Pattern.quote(Runtime.version().toString()));
    printed("^Kernels +" + Kernels.active().name() + ": ");
    printed("^  chosen +the fastest here");
    printed("^  available +(native, simd, scalar$|simd, scalar\\R  no native +\\S)");
    printed("^Threads +[1-9]");
    printed("^Memory +[0-9.]+ GiB");
    printed("^Devices +cpu$");
    printed("^Python +GraalPy, Python 3\\.[0-9.]+, compiled by Graal");
  }

  @ParameterizedTest
  @CsvSource({"none, 'tritter.kernels: expected one of ['", "gpu, 'device: expected one of [cpu]'"})
  void kernelsThatAreNotThereAreRefusedInOneLine(String kernels, String expected) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dtritter.kernels=" + kernels,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "info")
            .start();
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor());
    List<String> lines = said.lines().filter(line -> !line.startsWith("WARNING")).toList();
    assertEquals(1, lines.size(), said);
    assertTrue(lines.get(0).startsWith("tritter: " + expected), said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "info",
        "python",
        "demo",
        "monitor",
        "jupyter",
        "jupyter install",
        "jupyter uninstall",
        "jupyter kernel"
      })
  void helpHasExamples(String command) {
    assertEquals(0, run((command + " --help").strip().split(" ")), err.toString());
    printed("^Examples:$");
    printed("^  (TRITTER_OPTS=\\S+ |echo .*)?tritter " + command);
  }

  @Test
  void theVersionIsPrinted() {
    assertEquals(0, run("--version"));
    printed("^tritter [0-9]+\\.[0-9]+\\.[0-9]+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fly", "", "python -c", "python --wrong"})
  void aMistakeShowsTheUsage(String line) {
    assertEquals(2, line.isEmpty() ? run() : run(line.split(" ")));
    assertTrue(err.toString().contains("Usage: tritter"), err.toString());
  }
}
