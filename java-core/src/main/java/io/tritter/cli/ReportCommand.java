package io.tritter.cli;

import io.tritter.format.AtomicFile;
import io.tritter.run.RunStatus;
import io.tritter.train.RunPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tritter report}: a run as one HTML page. */
@Command(
    name = "report",
    description = "Write a run, finished or under way, as one HTML page: curves, alerts, summary.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter report runs/demo                      writes runs/demo/report.html",
      "  tritter report runs/demo --out demo.html"
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN_DIR", description = "the output directory of a run")
  private Path directory = Path.of("");

  @Option(names = "--out", paramLabel = "FILE", description = "default: RUN_DIR/report.html")
  private @Nullable Path out;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    RunStatus run = RunStatus.read(directory);
    Path page = out == null ? directory.resolve("report.html") : out;
    AtomicFile.write(page, RunPage.html(run.name(), run.metrics(), run.facts(), run.alerts()));
    spec.commandLine().getOut().println(page);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
