package io.tritter.cli;

import io.tritter.run.Evaluation;
import io.tritter.run.RunFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tritter eval}: the loss of a model on the held-out data of a run file. */
@Command(
    name = "eval",
    description = "Measure a model on the held-out data of a run file: loss and perplexity.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter eval run.yaml                       the model that the run has made",
      "  tritter eval run.yaml --model other/model   another one on the same data"
    })
final class EvalCommand implements Callable<Integer> {
  @Mixin private RunOptions options = new RunOptions();

  @Option(names = "--model", paramLabel = "PATH", description = "directory or .gguf file")
  private @Nullable Path model;

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "model below an adapter, in place of the one that it names")
  private @Nullable Path base;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  EvalCommand() {}

  @Override
  public Integer call() throws IOException {
    RunFile run = options.read();
    Path path = model == null ? run.result() : model;
    ModelFile opened = ModelFile.open(path, base);
    Evaluation measured = Evaluation.of(opened.model(), opened.tokenizer(), run);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%s: loss %.4f nats a token, perplexity %.3f, over %,d tokens%n",
            path,
            measured.loss(),
            Math.exp(measured.loss()),
            measured.tokens());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
