package io.tritter.bridge;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A virtual environment of CPython under {@code target}, kept for the next run. Where there is no
 * Python 3.11, or its packages cannot be installed, the test is skipped, and one line says so.
 */
final class PythonEnvironment {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final List<String> NAMES =
      List.of("python3.14", "python3.13", "python3.12", "python3.11", "python3", "python");
  private static final boolean WINDOWS = File.separatorChar == '\\';

  private final Path folder;

  private PythonEnvironment(Path folder) {
    this.folder = folder;
  }

  /** The environment of a name with packages, which are installed the first time. */
  static PythonEnvironment with(String name, String... packages)
      throws IOException, InterruptedException {
    PythonEnvironment environment = new PythonEnvironment(Path.of("target", name).toAbsolutePath());
    Path complete = environment.folder.resolve("complete");
    if (!Files.exists(complete)) {
      String python = environment.python();
      run(ROOT, List.of(python, "-m", "venv", "--clear", environment.folder.toString()), true);
      if (environment.install(packages) != 0) {
        environment.skip("its packages cannot be installed");
      }
      Files.createFile(complete);
    }
    return environment;
  }

  /** Runs {@code pip install}; its exit code. */
  int install(String... packages) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("pip", "install", "-q"));
    arguments.add("--disable-pip-version-check");
    arguments.addAll(List.of("--find-links", ROOT.resolve("tests/wheels").toString()));
    arguments.addAll(List.of(packages));
    return module(arguments.toArray(String[]::new));
  }

  /** Runs {@code python -m} in the root of the project; its exit code. */
  int module(String... arguments) throws IOException, InterruptedException {
    return module(ROOT, arguments);
  }

  /** Runs {@code python -m} in a folder; its exit code. */
  int module(Path where, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(folder.resolve(WINDOWS ? "Scripts/python.exe" : "bin/python").toString());
    command.add("-m");
    command.addAll(List.of(arguments));
    return run(where, command, true);
  }

  private String python() throws InterruptedException {
    String condition = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
    for (String name : NAMES) {
      try {
        if (run(ROOT, List.of(name, "-c", condition), false) == 0) {
          return name;
        }
      } catch (IOException e) {
        // no such program: the next name
      }
    }
    return skip("expected Python 3.11 or later on the PATH, found none");
  }

  private String skip(String reason) {
    System.out.printf("Tests in target/%s skipped: %s%n", folder.getFileName(), reason);
    return abort(reason);
  }

  private static int run(Path where, List<String> command, boolean shown)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(where.toFile());
    builder.environment().put("TRITTER_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().put("PYTEST_ADDOPTS", System.getProperty("pytest", ""));
    Process process = builder.redirectErrorStream(true).start();
    process.getInputStream().transferTo(shown ? System.out : OutputStream.nullOutputStream());
    return process.waitFor();
  }
}
