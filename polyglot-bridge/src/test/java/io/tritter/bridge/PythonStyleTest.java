package io.tritter.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Types and style of the Python sources, by the tools and the rules of {@code pyproject.toml}. */
@EnabledIfSystemProperty(named = "wheel", matches = "packed", disabledReason = "runs with CPython")
class PythonStyleTest {
  private static final Path SOURCES = PythonEnvironment.ROOT.resolve("python");

  @Test
  void theToolsFindNothing() throws Exception {
    PythonEnvironment python =
        PythonEnvironment.with("python-style", "mypy==2.4.1", "pyright==1.1.414", "ruff==0.17.6");
    String[] check = {"ruff", "check", ".", "../tests", "../examples", "../notebooks"};
    String[] format = {"ruff", "format", "--check", ".", "../tests", "../examples", "../notebooks"};
    assertEquals(0, python.module(SOURCES, check), "ruff check");
    assertEquals(0, python.module(SOURCES, format), "ruff format --check");
    assertEquals(0, python.module(SOURCES, "mypy"), "mypy --strict");
    assertEquals(0, python.module(SOURCES, "pyright"), "pyright");
  }
}
