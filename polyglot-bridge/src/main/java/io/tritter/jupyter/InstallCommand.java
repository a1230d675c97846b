package io.tritter.jupyter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tritter jupyter install}. */
@Command(
    name = "install",
    description = {
      "Put the kernel on the list that Jupyter offers.",
      "TRITTER_JAVA_HOME and TRITTER_OPTS, where they are set, go into the kernel spec."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter jupyter install",
      "  tritter jupyter install --sys-prefix",
      "  TRITTER_OPTS=-Dtritter.threads=1 tritter jupyter install --name one-thread"
    })
final class InstallCommand implements Callable<Integer> {
  private final Path launcher;
  @Mixin private final Place place = new Place();

  @Option(
      names = "--display-name",
      paramLabel = "TEXT",
      defaultValue = "Python (Tritter)",
      description = "What the user sees; ${DEFAULT-VALUE} if left out.")
  private String displayName = "";

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  InstallCommand(Path launcher) {
    this.launcher = launcher;
  }

  @Override
  public Integer call() throws IOException {
    KernelSpec kernel = place.kernelSpec();
    kernel.install(launcher, displayName, System.getenv());
    spec.commandLine().getOut().println(kernel.folder());
    return 0;
  }
}
