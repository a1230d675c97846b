package io.tritter.cli;

import io.tritter.run.RunFile;
import io.tritter.run.RunSummary;
import io.tritter.run.TrainingRun;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tritter train}: a run from its beginning; {@code resume} is the same from a checkpoint.
 */
@Command(
    name = "train",
    description = "Train a model as a run file says. Ctrl-C saves a checkpoint and ends.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter init > run.yaml && tritter train run.yaml",
      "  tritter train run.yaml --set training.steps=200 --set output=runs/short",
      "  tritter train run.yaml --pause-after 100 && tritter resume run.yaml"
    })
class TrainCommand implements Callable<Integer> {
  @Mixin private RunOptions options = new RunOptions();

  @Option(
      names = "--pause-after",
      paramLabel = "N",
      defaultValue = "0",
      description = "save a checkpoint and end after so many further steps; 0: never")
  private long pauseAfter;

  @Option(names = "--quiet", description = "no progress; only what is wrong and the summary")
  private boolean quiet;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  TrainCommand() {}

  @Override
  public Integer call() throws IOException {
    RunFile run = options.read();
    RunProgress progress = new RunProgress(spec.commandLine().getErr(), quiet, pauseAfter);
    try (TrainingRun training = open(run, progress);
        Interrupt interrupt = Interrupt.await()) {
      RunSummary summary = training.train(() -> interrupt.came() || progress.paused());
      progress.end();
      spec.commandLine().getOut().println(summary.describe());
      if (!summary.finished()) {
        spec.commandLine().getOut().println("to go on: tritter resume " + options);
      }
      spec.commandLine().getOut().flush();
    }
    return 0;
  }

  /** The run, from its beginning. */
  TrainingRun open(RunFile run, RunProgress progress) throws IOException {
    return TrainingRun.start(run, progress);
  }
}
