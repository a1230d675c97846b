package io.tritter.bridge;

import io.tritter.cli.TritterCommand;
import io.tritter.jupyter.JupyterCommand;
import io.tritter.kernel.Kernels;
import io.tritter.monitor.MonitorCommand;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The program {@code tritter}: the commands of the core, and those that run Python. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    StandardStreams.restoreError();
    String refusal = kernelsRefused();
    if (refusal != null) {
      System.err.println("tritter: " + refusal);
      System.exit(1);
    }
    System.exit(commands().execute(args));
  }

  /** Why the kernels that the command line asks for are not there; null if they are. */
  private static @Nullable String kernelsRefused() {
    try {
      Kernels.active();
      return null;
    } catch (ExceptionInInitializerError e) {
      return e.getCause() instanceof IllegalArgumentException cause ? cause.getMessage() : null;
    }
  }

  static CommandLine commands() {
    return TritterCommand.create(() -> Map.of("Python", PythonRuntime.describe()))
        .addSubcommand(new PythonCommand())
        .addSubcommand(new MonitorCommand())
        .addSubcommand(JupyterCommand.create(SourceTree.root().resolve("tritter")))
        .addSubcommand(new DemoCommand())
        .setCaseInsensitiveEnumValuesAllowed(true);
  }
}
