package io.tritter.cli;

import io.tritter.run.RunFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tritter validate}: says whether a run would start, without starting it. */
@Command(
    name = "validate",
    description = "Check a run file, its model and its data, and say what it would train.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  tritter validate run.yaml", "  tritter validate run.yaml --set data.batch=64"})
final class ValidateCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "RUN.yaml", description = "the run file")
  private Path file = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "in place of what the file says; repeatable")
  private List<String> settings = List.of();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  ValidateCommand() {}

  @Override
  public Integer call() throws IOException {
    RunFile run = RunFile.read(file, settings);
    spec.commandLine().getOut().println(run.describe());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
