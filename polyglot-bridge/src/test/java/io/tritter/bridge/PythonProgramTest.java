package io.tritter.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exit codes, arguments and tracebacks are those of the {@code python} command. */
@ResourceLock("GraalPy") // one context at a time in a JVM
class PythonProgramTest {
  private static final String STANDARD_INPUT = "import sys; print('read', 6 * 7, sys.argv)";
  private static final ByteArrayOutputStream OUT = new ByteArrayOutputStream();
  private static final ByteArrayOutputStream ERR = new ByteArrayOutputStream();
  private static PythonProgram python;

  @BeforeAll
  static void open() {
    byte[] in = STANDARD_INPUT.getBytes(StandardCharsets.UTF_8);
    python =
        PythonProgram.on(
            PythonHost.trusted().streams(new ByteArrayInputStream(in), OUT, ERR).open());
  }

  @AfterAll
  static void close() {
    python.close();
  }

  @BeforeEach
  void forget() {
    OUT.reset();
    ERR.reset();
  }

  private static String out() {
    return OUT.toString(StandardCharsets.UTF_8);
  }

  private static String err() {
    return ERR.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "pass, 0",
    "raise SystemExit, 0",
    "import sys; sys.exit(7), 7",
    "import sys; sys.exit(256 + 3), 3",
    "raise ValueError('x'), 1",
    "import sys; sys.exit('text'), 1",
    "raise KeyboardInterrupt, 130",
  })
  void exitCodes(String code, int expected) {
    assertEquals(expected, python.code(code, List.of()));
  }

  @Test
  void anExitWithTextPrintsIt() {
    python.code("raise SystemExit('out of paper')", List.of());
    assertEquals("out of paper\n", err());
  }

  @Test
  void scriptsGetTheirArgumentsAndNeighbours(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("neighbour.py"), "NAME = 'neighbour'\n");
    Path script =
        Files.writeString(
            folder.resolve("script.py"),
            """
            import sys
            import tritter_accel
            from neighbour import NAME
            print(NAME, sys.argv[1:], __name__, __file__ == sys.argv[0])
            """);
    assertEquals(0, python.script(List.of(script.toString(), "--fast", "3")), err());
    assertEquals("neighbour ['--fast', '3'] __main__ True\n", out());
  }

  @Test
  void tracebacksShowTheScriptOnly(@TempDir Path folder) throws IOException {
    Path script =
        Files.writeString(
            folder.resolve("fails.py"),
            """
            import tritter_accel
            def f():
                tritter_accel.create_bitlinear([[1.0, float("nan")]])
            f()
            """);
    assertEquals(1, python.script(List.of(script.toString())));
    assertTrue(err().startsWith("Traceback (most recent call last):\n  File \"" + script), err());
    assertTrue(
        err().endsWith("ValueError: weight: expected finite numbers, got NaN at row 0, column 1\n"),
        err());
    assertFalse(err().contains("<tritter>"), err());
    assertFalse(err().contains("io.tritter"), err());
  }

  @Test
  void aSyntaxErrorIsOne(@TempDir Path folder) throws IOException {
    Path script = Files.writeString(folder.resolve("wrong.py"), "def\n");
    assertEquals(1, python.script(List.of(script.toString())));
    assertTrue(err().contains("SyntaxError"), err());
  }

  @Test
  void aMissingScriptIsNamed() {
    assertEquals(2, python.script(List.of("nowhere.py")));
    assertEquals("tritter: nowhere.py: No such file or directory\n", err());
  }

  @Test
  void modulesRun() {
    assertEquals(0, python.module("this", List.of()), err());
    assertTrue(out().startsWith("The Zen of Python"), out());
  }

  @Test
  void standardInputIsAScript() {
    assertEquals(0, python.standardInput(List.of("a")), err());
    assertEquals("read 42 ['-', 'a']\n", out());
  }

  @Test
  void thePromptReadsToTheEnd() {
    Iterator<String> lines =
        List.of(
                "x = 6",
                "for i in range(2):",
                "    y = x * i",
                "    print(y)",
                "",
                "\u0003",
                "1 / 0",
                "x + 36",
                "(1 +",
                "2)")
            .iterator();
    List<String> prompts = new ArrayList<>();
    List<Value> completers = new ArrayList<>();
    int code =
        python.prompt(
            arguments -> {
              prompts.add(arguments[0].asString());
              return lines.hasNext() ? lines.next() : null;
            },
            arguments -> completers.add(arguments[0]));
    assertEquals(0, code);
    assertEquals(">>> >>> ... ... ... >>> >>> >>> >>> ... >>> ", String.join("", prompts));
    assertEquals("0\n6\n42\n3\n", out());
    assertTrue(err().contains("KeyboardInterrupt"), err());
    assertTrue(err().contains("ZeroDivisionError"), err());
    assertEquals("print(", completers.get(0).execute("prin", 0).asString());
  }

  /** In GraalPy 25.0 {@code array.array(code)} fails from then on; new arrays must not need it. */
  @Test
  void arraysWorkAfterOneFromAGenerator() {
    String code =
        """
        import array
        array.array("f", (x for x in [1.0]))
        import tritter_accel as ta
        str((ta.array(array.array("f", [0.5])), ta.vsa_random(1, 1).shape, ta.array(b"a")))
        """;
    try (PythonHost fresh = PythonHost.trusted().open()) {
      assertEquals(
          "(Array([0.5], dtype=float32), (1,), Array([97], dtype=uint8))",
          fresh.eval(code).asString());
    }
  }
}
