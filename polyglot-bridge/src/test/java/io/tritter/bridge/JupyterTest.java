package io.tritter.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Runs {@code tests/jupyter}: the kernel in a process of its own, driven by Jupyter's client, and
 * the notebooks. {@code -Dpytest=ARGS} adds arguments.
 */
@EnabledIfSystemProperty(named = "wheel", matches = "packed", disabledReason = "no jars yet")
class JupyterTest {
  private static final String[] PACKAGES = {
    "pytest==8.3.5", "jupyter_client", "nbclient", "ipykernel",
    "jpype1>=1.7,<2", "numpy", "matplotlib", "scikit-learn"
  };

  @Test
  void theKernelAndTheNotebooksRun() throws Exception {
    PythonEnvironment python = PythonEnvironment.with("jupyter", PACKAGES);
    int code =
        python.module("pytest", "-q", "-rfEs", "--confcutdir=tests/jupyter", "tests/jupyter");
    assertEquals(0, code, "exit code of pytest");
  }
}
