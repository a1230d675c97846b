package io.tritter.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Runs {@code tests/} and the examples in the docstrings on CPython, against the wheel, in a
 * virtual environment under {@code target}; it is kept for the next run. Where there is no Python
 * 3.11, or no packages can be installed, one line says so. {@code -Dpytest=ARGS} adds arguments.
 */
@EnabledIfSystemProperty(named = "wheel", matches = "packed", disabledReason = "no wheel yet")
class CpythonTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path ENVIRONMENT = TARGET.resolve("cpython");
  private static final List<String> PACKAGES = List.of("jpype1>=1.7,<2", "numpy", "pytest==8.3.5");
  private static final List<String> NAMES =
      List.of("python3.14", "python3.13", "python3.12", "python3.11", "python3", "python");
  private static final boolean WINDOWS = File.separatorChar == '\\';

  @Test
  void everyPythonTestPasses() throws Exception {
    if (!Files.exists(ENVIRONMENT.resolve("complete"))) {
      install(python());
    }
    String wheel = wheel().toString();
    assertEquals(0, pip("--no-deps", "--force-reinstall", wheel), "exit code of pip");
    List<String> command = new ArrayList<>(List.of(executable(), "-m", "pytest", "-q", "-rfE"));
    command.addAll(List.of("-c", "python/pyproject.toml", "-p", "no:cacheprovider"));
    command.addAll(List.of("--pyargs", "tests", "tritter_accel"));
    assertEquals(0, run(command, true), "exit code of pytest");
  }

  private static void install(String python) throws Exception {
    run(List.of(python, "-m", "venv", "--clear", ENVIRONMENT.toString()), true);
    List<String> options = new ArrayList<>(PACKAGES);
    options.addAll(0, List.of("--find-links", ROOT.resolve("tests/wheels").toString()));
    if (pip(options.toArray(String[]::new)) != 0) {
      skip("packages for it cannot be installed");
    }
    Files.createFile(ENVIRONMENT.resolve("complete"));
  }

  private static int pip(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(executable(), "-m", "pip", "install", "-q"));
    command.add("--disable-pip-version-check");
    command.addAll(List.of(arguments));
    return run(command, true);
  }

  private static String python() throws Exception {
    for (String name : NAMES) {
      String condition = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
      try {
        if (run(List.of(name, "-c", condition), false) == 0) {
          return name;
        }
      } catch (IOException e) {
        // no such program: the next name
      }
    }
    return skip("expected Python 3.11 or later on the PATH, found none");
  }

  private static Path wheel() throws IOException {
    try (DirectoryStream<Path> wheels = Files.newDirectoryStream(TARGET, "*.whl")) {
      return wheels.iterator().next();
    }
  }

  private static String executable() {
    return ENVIRONMENT.resolve(WINDOWS ? "Scripts/python.exe" : "bin/python").toString();
  }

  private static int run(List<String> command, boolean shown) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile());
    builder.environment().put("TRITTER_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().put("PYTEST_ADDOPTS", System.getProperty("pytest", ""));
    Process process = builder.redirectErrorStream(true).start();
    process.getInputStream().transferTo(shown ? System.out : OutputStream.nullOutputStream());
    return process.waitFor();
  }

  private static String skip(String reason) {
    System.out.println("CPython tests skipped: " + reason);
    return abort(reason);
  }
}
