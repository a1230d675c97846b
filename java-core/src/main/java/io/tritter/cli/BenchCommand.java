package io.tritter.cli;

import io.tritter.bench.Comparison;
import io.tritter.bench.ComparisonReport;
import io.tritter.bench.Variant;
import io.tritter.model.TransformerConfig;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tritter bench}: comparisons that take long and tell the truth. */
@Command(
    name = "bench",
    description = "Compare ways of training by the time to the same held-out loss.",
    mixinStandardHelpOptions = true,
    subcommands = BenchCommand.Hybrid.class,
    synopsisSubcommandLabel = "COMMAND")
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  BenchCommand() {}

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code tritter bench hybrid}. */
  @Command(
      name = "hybrid",
      description = {
        "Train with AdamW, other optimizers, a smaller model and the hybrid trainer.",
        "The optimizers are tuned first; all have equal times and several seeds, in turns. Prints"
            + " the time to the same held-out loss. Ctrl-C ends it, and the same command goes on."
      },
      mixinStandardHelpOptions = true,
      showDefaultValues = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  tritter bench hybrid run.yaml --seconds 60 --out runs/bench",
        "  tritter bench hybrid run.yaml --set model.weights=dense --seeds 3 --out runs/dense",
        "  tritter bench hybrid run.yaml --only muon,mine --out runs/mine \\",
        "    --variant 'mine: training.optimizer.kind=muon hybrid.preset=balanced'"
      })
  static final class Hybrid implements Callable<Integer> {
    @Mixin private RunOptions options = new RunOptions();

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "60",
        description = "of a training; AdamW's take half, one and two times as long")
    private double seconds;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "5", description = "from 0 on")
    private int seeds;

    @Option(
        names = "--rates",
        split = ",",
        paramLabel = "R",
        defaultValue = "0.002,0.004,0.008",
        description = "learning rates of which AdamW and each other optimizer get their best")
    private List<Double> rates = List.of();

    @Option(
        names = "--betas",
        split = ",",
        paramLabel = "B",
        defaultValue = "0.8,0.9",
        description = "first decays of which AdamW gets the best")
    private List<Double> betas = List.of();

    @Option(
        names = "--variant",
        paramLabel = "'NAME: KEY=VALUE ...'",
        description = "a further way to train; repeatable",
        showDefaultValue = Visibility.NEVER)
    private List<String> more = List.of();

    @Option(
        names = "--only",
        split = ",",
        paramLabel = "NAME",
        description = "of the variants these alone, beside AdamW",
        showDefaultValue = Visibility.NEVER)
    private List<String> only = List.of();

    @Option(
        names = "--out",
        required = true,
        paramLabel = "DIR",
        description = "results.jsonl, summary.json and report.html",
        showDefaultValue = Visibility.NEVER)
    private Path out = Path.of("");

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
    Hybrid() {}

    @Override
    public Integer call() throws IOException {
      List<Variant> variants = new ArrayList<>(Variant.usual(layers()));
      more.forEach(text -> variants.add(Variant.parse(text)));
      if (!only.isEmpty()) {
        List<String> names = variants.stream().map(Variant::name).toList();
        for (String name : only) {
          if (!names.contains(name)) {
            throw Check.expected("--only", "some of " + names, name);
          }
        }
        variants.removeIf(v -> !only.contains(v.name()));
      }
      PrintWriter err = spec.commandLine().getErr();
      Comparison comparison =
          new Comparison(
              options.file(),
              options.settings(),
              seconds,
              seeds,
              variants,
              rates,
              betas,
              out,
              line -> {
                err.println(line);
                err.flush();
              });
      try (Interrupt interrupt = Interrupt.await()) {
        ComparisonReport report = comparison.run(interrupt::came);
        report.write(out);
        PrintWriter console = spec.commandLine().getOut();
        console.print(report.describe());
        console.println(out.resolve("report.html"));
        console.flush();
      }
      return 0;
    }

    private int layers() throws IOException {
      TransformerConfig config = options.read().model().config();
      return config == null ? 2 : config.layers();
    }
  }
}
