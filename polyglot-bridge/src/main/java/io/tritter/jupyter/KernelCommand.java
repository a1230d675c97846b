package io.tritter.jupyter;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tritter jupyter kernel}: what the kernel spec starts. */
@Command(
    name = "kernel",
    description = "Run the kernel; Jupyter starts this.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter jupyter kernel /run/user/1000/jupyter/kernel-42.json",
      "  jupyter console --existing kernel-42.json    another frontend for the same kernel"
    })
final class KernelCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "CONNECTION_FILE",
      description = "The ports and the key, as Jupyter writes them.")
  private Path file = Path.of("");

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  KernelCommand() {}

  @Override
  public Integer call() throws IOException {
    Kernel.run(connection());
    return 0;
  }

  private ConnectionFile connection() throws IOException {
    try {
      return ConnectionFile.read(file);
    } catch (NoSuchFileException e) {
      throw new ParameterException(spec.commandLine(), file + ": expected a file, got none", e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
