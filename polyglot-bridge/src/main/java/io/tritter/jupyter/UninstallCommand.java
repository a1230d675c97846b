package io.tritter.jupyter;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tritter jupyter uninstall}. */
@Command(
    name = "uninstall",
    description = "Take the kernel off the list that Jupyter offers.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  tritter jupyter uninstall", "  tritter jupyter uninstall --name one-thread"})
final class UninstallCommand implements Callable<Integer> {
  @Mixin private final Place place = new Place();
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  UninstallCommand() {}

  @Override
  public Integer call() throws IOException {
    KernelSpec kernel = place.kernelSpec();
    try {
      kernel.uninstall();
    } catch (NoSuchFileException e) {
      throw new ParameterException(
          spec.commandLine(), kernel.folder() + ": expected a kernel spec, got none", e);
    }
    spec.commandLine().getOut().println(kernel.folder());
    return 0;
  }
}
