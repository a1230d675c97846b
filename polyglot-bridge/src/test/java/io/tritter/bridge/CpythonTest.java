package io.tritter.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Runs {@code tests/} and the examples in the docstrings on CPython, against the wheel, in a
 * virtual environment under {@code target}; it is kept for the next run. Where there is no Python
 * 3.11, or no packages can be installed, one line says so. {@code -Dpytest=ARGS} adds arguments.
 */
@EnabledIfSystemProperty(named = "wheel", matches = "packed", disabledReason = "no wheel yet")
class CpythonTest {
  @Test
  void everyPythonTestPasses() throws Exception {
    PythonEnvironment python =
        PythonEnvironment.with("cpython", "jpype1>=1.7,<2", "numpy", "pytest==8.3.5");
    String wheel = wheel().toAbsolutePath().toString();
    assertEquals(0, python.install("--no-deps", "--force-reinstall", wheel), "exit code of pip");
    String[] pytest = {
      "pytest",
      "-q",
      "-rfE",
      "-c",
      "python/pyproject.toml",
      "-p",
      "no:cacheprovider",
      "--pyargs",
      "tests",
      "tritter_accel"
    };
    assertEquals(0, python.module(pytest), "exit code of pytest");
  }

  private static Path wheel() throws IOException {
    try (DirectoryStream<Path> wheels = Files.newDirectoryStream(Path.of("target"), "*.whl")) {
      return wheels.iterator().next();
    }
  }
}
