package io.tritter.cli;

import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The model of a command. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "directory of a model or of an adapter, or file that ends in .gguf",
      showDefaultValue = Visibility.NEVER)
  private Path model = Path.of("");

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "model below an adapter, in place of the one that it names")
  private @Nullable Path base;

  /** What is named. */
  Path path() {
    return model;
  }

  /** The model below the adapter that is named. */
  Path belowAdapter() throws IOException {
    return ModelFile.below(model, base);
  }

  /** Refuses a base of what is no adapter. */
  void expectNoBase() {
    if (base != null) {
      throw Check.expected("--base", "an adapter as --model", model);
    }
  }

  ModelFile open() throws IOException {
    return ModelFile.open(model, base);
  }
}
