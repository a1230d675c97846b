package io.tritter.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.Test;

/**
 * Runs {@code tests/} and the examples in the docstrings of {@code python/src} on GraalPy, in one
 * context of a JVM of its own: GraalPy 25.0 was seen to end in an internal error while {@link
 * SandboxTest} cancelled contexts beside it. {@code -Dpytest=ARGS} adds arguments, for example
 * {@code -Dpytest="-k trainer"}.
 */
class PytestTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PYTEST = Path.of("target/pytest");

  @Test
  void everyPythonTestPasses() throws Exception {
    unpackWheels();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-Dpytest=" + System.getProperty("pytest", ""));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(PytestTest.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().transferTo(System.out);
    assertEquals(0, process.waitFor(), "exit code of pytest");
  }

  /** The process that runs them. */
  public static void main(String[] args) throws IOException {
    // Most of it runs once, so that compiling it takes longer than it saves.
    PythonHost.Builder host = PythonHost.trusted().option("engine.Compilation", "false");
    try (PythonHost python = host.path(PYTEST).open()) {
      Value run = python.evalResource("run_pytest.py");
      Value result = run.execute(ROOT.toString(), System.getProperty("pytest", ""));
      long passed = result.getArrayElement(1).asLong();
      System.exit(passed > 0 ? result.getArrayElement(0).asInt() : 1);
    }
  }

  private static void unpackWheels() throws IOException {
    if (Files.isDirectory(PYTEST)) {
      return;
    }
    Path unpacked = Files.createTempDirectory(Path.of("target"), "pytest");
    try (DirectoryStream<Path> wheels =
        Files.newDirectoryStream(ROOT.resolve("tests/wheels"), "*.whl")) {
      for (Path wheel : wheels) {
        unpack(wheel, unpacked);
      }
    }
    Files.move(unpacked, PYTEST);
  }

  private static void unpack(Path wheel, Path folder) throws IOException {
    try (InputStream file = Files.newInputStream(wheel);
        ZipInputStream zip = new ZipInputStream(file)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path target = folder.resolve(entry.getName()).normalize();
        if (!entry.isDirectory() && target.startsWith(folder)) {
          Files.createDirectories(target.getParent());
          Files.copy(zip, target);
        }
      }
    }
  }
}
