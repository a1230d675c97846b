package io.tritter.cli;

import io.tritter.run.RunFile;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tritter validate}: says whether a run would start, without starting it. */
@Command(
    name = "validate",
    description = "Check a run file, its model and its data, and say what it would train.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  tritter validate run.yaml", "  tritter validate run.yaml --set data.batch=64"})
final class ValidateCommand implements Callable<Integer> {
  @Mixin private RunOptions options = new RunOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  ValidateCommand() {}

  @Override
  public Integer call() throws IOException {
    RunFile run = options.read();
    spec.commandLine().getOut().println(run.describe());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
