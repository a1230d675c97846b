package io.tritter.cli;

import io.tritter.data.Tokenizer;
import io.tritter.model.Adapters;
import io.tritter.model.Transformer;
import io.tritter.run.RunFile;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tritter merge}: one model of a model and its adapter. */
@Command(
    name = "merge",
    description = {
      "Make one model of an adapter and the model below it.",
      "Weights of 4 and 8 bits become float32; ternary ones cannot be merged."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter merge run.yaml                        to merged/ in the output of the run",
      "  tritter merge runs/lora/adapter --out merged",
      "  tritter merge adapter --base llama --out merged   the model is elsewhere"
    })
final class MergeCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "RUN.yaml|DIR",
      description = "the file of a run with an adapter, or the directory of one")
  private Path source = Path.of("");

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "the model, in place of the one that the adapter names")
  private @Nullable Path base;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "what to write; for a run, merged in its output if left out")
  private @Nullable Path out;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  MergeCommand() {}

  @Override
  public Integer call() throws IOException {
    Path adapter = source;
    Path merged = out;
    if (!Files.isDirectory(source)) {
      RunFile run = RunFile.read(source, List.of());
      if (run.adapter() == null) {
        throw Check.expected(source.toString(), "a run with an adapter", "one without");
      }
      adapter = run.result();
      merged = out == null ? run.output().resolve("merged") : out;
    }
    if (merged == null) {
      throw Check.expected("--out", "a directory to write", "none");
    }
    Path below = ModelFile.below(adapter, base);
    Files.createDirectories(merged);
    if (Files.isSameFile(merged, below)) {
      throw Check.expected("--out", "another directory than the model", merged);
    }
    Adapters adapters = new Adapters(Transformer.load(below));
    adapters.load("merged", adapter);
    adapters.mergeAndUnload().save(merged);
    Path tokenizer = below.resolve(Tokenizer.FILE);
    if (Files.exists(tokenizer)) {
      Files.copy(tokenizer, merged.resolve(Tokenizer.FILE), StandardCopyOption.REPLACE_EXISTING);
    }
    spec.commandLine().getOut().printf("%s + %s: %s%n", below, adapter, merged);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
