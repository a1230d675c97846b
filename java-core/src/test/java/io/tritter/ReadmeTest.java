package io.tritter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  @TempDir Path classes;

  @Test
  void theJavaExampleOfTheReadmeIsTheOneThatRuns() throws Exception {
    Path source = Path.of("../examples/Hello.java");
    String readme = Files.readString(Path.of("../README.md"));
    assertTrue(
        readme.contains("```java\n" + Files.readString(source) + "```"), "README.md differs");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString());
    assertEquals(0, compiled);
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Hello")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(console);
    }
    String[] lines = printed.toString(StandardCharsets.UTF_8).lines().toArray(String[]::new);
    assertEquals("PackedTrits[3] gives -0.78543305, -0.78543305", lines[0]);
    assertEquals(21, lines.length);
    assertTrue(loss(lines[20]) < 0.6 * loss(lines[1]), lines[1] + " to " + lines[20]);
  }

  private static double loss(String line) {
    return Double.parseDouble(line.substring("loss ".length()));
  }
}
