package io.tritter.cli;

import io.tritter.run.RunFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The run file of a command, and what the command line says in place of it. */
final class RunOptions {
  @Parameters(
      index = "0",
      paramLabel = "RUN.yaml",
      description = "the run file",
      showDefaultValue = Visibility.NEVER)
  private Path file = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "in place of what the file says; repeatable",
      showDefaultValue = Visibility.NEVER)
  private List<String> settings = List.of();

  Path file() {
    return file;
  }

  List<String> settings() {
    return settings;
  }

  RunFile read() throws IOException {
    return RunFile.read(file, settings);
  }

  /** As they are typed. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(file.toString());
    settings.forEach(setting -> text.append(" --set ").append(setting));
    return text.toString();
  }
}
