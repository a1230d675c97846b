package io.tritter.cli;

import io.tritter.run.RunFile;
import io.tritter.run.TrainingRun;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code tritter resume}: a run from its newest checkpoint that is whole. */
@Command(
    name = "resume",
    description =
        "Go on with a run from its newest checkpoint, to the same bits as without a break.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter resume run.yaml",
      "  tritter resume run.yaml --set training.steps=2000   with another limit"
    })
final class ResumeCommand extends TrainCommand {
  @Override
  TrainingRun open(RunFile run, RunProgress progress) throws IOException {
    return TrainingRun.resume(run, progress);
  }
}
