package io.tritter.monitor;

import io.tritter.run.RunFollower;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tritter monitor}: a run on the terminal while it goes on. */
@Command(
    name = "monitor",
    description = {
      "Show a run on the terminal, finished or under way: loss, phases, speed, alerts.",
      "",
      "Keys: 1 to 4 and the arrows change the view, q quits. Where the output is no terminal, one"
          + " view is printed."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {"  tritter monitor runs/demo", "  tritter monitor runs/demo --view speed | cat"})
public final class MonitorCommand implements Callable<Integer> {
  private static final int WIDTH = 80;
  private static final int HEIGHT = 24;

  @Parameters(
      paramLabel = "RUN_DIR",
      description = "the output directory of a run",
      showDefaultValue = Visibility.NEVER)
  private Path directory = Path.of("");

  @Option(
      names = "--view",
      paramLabel = "NAME",
      defaultValue = "loss",
      description = "the first one: ${COMPLETION-CANDIDATES}")
  private View view = View.LOSS;

  @Option(names = "--ascii", description = "no Braille and no lines; so where the locale has none")
  private boolean ascii;

  @Spec private CommandSpec spec;

  /** The command with no arguments yet. */
  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  public MonitorCommand() {}

  @Override
  public Integer call() throws IOException {
    RunFollower run = new RunFollower(directory);
    run.poll();
    boolean unicode =
        !ascii
            && System.getProperty("stdout.encoding", "").toUpperCase(Locale.ROOT).equals("UTF-8");
    if (onTerminal()) {
      try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
        Monitor.show(terminal, run, view, unicode);
      }
      return 0;
    }
    PrintWriter out = spec.commandLine().getOut();
    for (AttributedString line : view.lines(run.status(), WIDTH, HEIGHT, unicode)) {
      out.println(line.toString().stripTrailing());
    }
    out.flush();
    return 0;
  }

  @SuppressWarnings("SystemConsoleNull") // null in some JVMs all the same, as in those of tests
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
