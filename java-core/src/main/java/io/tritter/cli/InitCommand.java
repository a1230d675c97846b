package io.tritter.cli;

import io.tritter.format.AtomicFile;
import io.tritter.run.RunTemplate;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tritter init}: a run file to begin with. */
@Command(
    name = "init",
    description = "Write a run file with every setting and what it means.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter init run.yaml                    the demo's model on the source files of a folder",
      "  tritter init --preset pretrain-100m      on standard output",
      "  tritter init --list                      the presets"
    })
final class InitCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN.yaml",
      description = "the file to write, which must not exist; standard output if left out")
  private @Nullable Path file;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "demo",
      description = "see --list")
  private String preset = "";

  @Option(names = "--list", description = "name the presets and end")
  private boolean list;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  InitCommand() {}

  @Override
  public Integer call() throws IOException {
    if (list) {
      RunTemplate.NAMES.forEach(spec.commandLine().getOut()::println);
    } else if (file == null) {
      spec.commandLine().getOut().print(RunTemplate.text(preset));
    } else {
      if (Files.exists(file)) {
        throw new FileAlreadyExistsException(file.toString());
      }
      AtomicFile.write(file, RunTemplate.text(preset));
      spec.commandLine().getOut().println("next: tritter train " + file);
    }
    spec.commandLine().getOut().flush();
    return 0;
  }
}
