package io.tritter.cli;

import io.tritter.model.MemoryNeed;
import io.tritter.model.Preset;
import io.tritter.model.TransformerConfig;
import io.tritter.tensor.Check;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tritter presets}: the sizes that have a name, and what they take. */
@Command(
    name = "presets",
    description = {
      "List the models that have a name, with the memory that they take.",
      "",
      "Training: four float32 a parameter (weight, gradient, two moments of AdamW) and two more a"
          + " ternary weight, the activations that are kept, gradients of one block, the logits.",
      "Inference: 2 bits a ternary weight, four bytes any other parameter, keys and values of a"
          + " whole context in float32."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {"  tritter presets", "  tritter presets --batch 8 --length 512 --checkpoint-every 4"})
final class PresetsCommand implements Callable<Integer> {
  private static final double GIB = 1L << 30;
  private static final double MILLION = 1e6;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "sequences of a training step")
  private int batch;

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "1024",
      description = "ids of each sequence, at most the context")
  private int length;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      defaultValue = "0",
      description = "blocks whose activations are kept at a time; 0: all")
  private int interval;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  PresetsCommand() {}

  @Override
  public Integer call() {
    Check.atLeast("--batch", batch, 1);
    Check.atLeast("--length", length, 1);
    Check.atLeast("--checkpoint-every", interval, 0);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%-12s %10s %6s %6s %5s %7s %10s %11s%n",
        "name", "parameters", "layers", "hidden", "heads", "context", "training", "inference");
    for (Preset preset : Preset.ALL) {
      TransformerConfig c = preset.config();
      int kept = interval == 0 ? c.layers() : interval;
      long training = MemoryNeed.training(c, batch, Math.min(length, c.context()), kept);
      out.printf(
          Locale.ROOT,
          "%-12s %8.1f M %6d %6d %5d %7d %6.1f GiB %7.2f GiB%n",
          preset.name(),
          c.parameterCount() / MILLION,
          c.layers(),
          c.hiddenSize(),
          c.heads(),
          c.context(),
          training / GIB,
          MemoryNeed.inference(c) / GIB);
    }
    out.flush();
    return 0;
  }
}
