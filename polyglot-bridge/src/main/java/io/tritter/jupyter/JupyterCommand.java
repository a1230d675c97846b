package io.tritter.jupyter;

import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tritter jupyter}: the GraalPy kernel for Jupyter, and its place in Jupyter's list. */
@Command(
    name = "jupyter",
    description = {
      "Run notebooks on GraalPy: same JVM as the kernels, tritter_accel imports.",
      "`install` puts the kernel on the list that Jupyter offers; Jupyter itself is not needed for it."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter jupyter install                for this user, under the name tritter",
      "  tritter jupyter install --sys-prefix   for the virtual environment that is active",
      "  jupyter lab                            then choose Python (Tritter)",
      "  jupyter nbconvert --to notebook --execute --ExecutePreprocessor.kernel_name=tritter a.ipynb",
      "  tritter jupyter uninstall"
    })
public final class JupyterCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  private JupyterCommand() {}

  /**
   * The command with its subcommands.
   *
   * @param launcher the script that starts this program
   */
  public static CommandLine create(Path launcher) {
    return new CommandLine(new JupyterCommand())
        .addSubcommand(new InstallCommand(launcher))
        .addSubcommand(new UninstallCommand())
        .addSubcommand(new KernelCommand());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "COMMAND: expected one, got none");
  }
}
