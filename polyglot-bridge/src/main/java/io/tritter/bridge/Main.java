package io.tritter.bridge;

import io.tritter.cli.TritterCommand;
import io.tritter.jupyter.JupyterCommand;
import io.tritter.monitor.MonitorCommand;
import java.util.Map;
import picocli.CommandLine;

/** The program {@code tritter}: the commands of the core, and those that run Python. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    StandardStreams.restoreError();
    System.exit(commands().execute(args));
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
