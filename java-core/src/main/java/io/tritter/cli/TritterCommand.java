package io.tritter.cli;

import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root command {@code tritter}; other modules add their commands to what {@link #create}s. */
@Command(
    name = "tritter",
    description = "Ternary neural networks on the JVM, for Python and for Java.",
    mixinStandardHelpOptions = true,
    versionProvider = TritterCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter demo                   train a small BitNet and look at what it learned",
      "  tritter python train.py --fast run a Python script that imports tritter_accel",
      "  tritter python                 a Python prompt",
      "  tritter init run.yaml          a run file; then: tritter train run.yaml",
      "  tritter generate --model demo-out/model --prompt 'def '",
      "  tritter export --model demo-out/model demo.gguf",
      "  tritter presets                sizes with a name, and the memory they take",
      "  tritter info                   what this machine offers and what is used of it",
      "  TRITTER_OPTS=-Dtritter.kernels=scalar tritter info"
    })
public final class TritterCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  private TritterCommand() {}

  /**
   * The root command with {@code info}.
   *
   * @param more further lines for {@code info}: what the caller's module runs on
   */
  public static CommandLine create(Supplier<Map<String, String>> more) {
    return new CommandLine(new TritterCommand())
        .addSubcommand(new InfoCommand(more))
        .addSubcommand(new InitCommand())
        .addSubcommand(new ValidateCommand())
        .addSubcommand(new TrainCommand())
        .addSubcommand(new ResumeCommand())
        .addSubcommand(new BenchCommand())
        .addSubcommand(new EvalCommand())
        .addSubcommand(new ReportCommand())
        .addSubcommand(new GenerateCommand())
        .addSubcommand(new MergeCommand())
        .addSubcommand(new ExportCommand())
        .addSubcommand(new ImportCommand())
        .addSubcommand(new QuantizeCommand())
        .addSubcommand(new ServeCommand())
        .addSubcommand(new PresetsCommand())
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(TritterCommand::explain)
        .setParameterExceptionHandler(TritterCommand::misused);
  }

  /** One line for what the user can mend; everything else is a fault of ours, with its trace. */
  private static int explain(Exception e, CommandLine command, ParseResult arguments)
      throws Exception {
    String message =
        switch (e) {
          case NoSuchFileException missing -> missing.getFile() + ": no such file";
          case AccessDeniedException denied -> denied.getFile() + ": permission denied";
          case FileAlreadyExistsException there ->
              there.getFile() + ": there is a file of this name";
          case IOException io -> String.valueOf(io.getMessage());
          case IllegalArgumentException argument -> String.valueOf(argument.getMessage());
          default -> throw e;
        };
    command.getErr().println("tritter: " + message);
    command.getErr().flush();
    return 1;
  }

  /**
   * What is wrong with the arguments, and where the usage is; all of that where a command is
   * missing, as its name is what the user looks for.
   */
  private static int misused(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("tritter: " + mistake(e));
    if (!command.getSubcommands().isEmpty() && !(e instanceof UnmatchedArgumentException)) {
      command.usage(err);
    } else if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      String heading = "Usage: ";
      err.print(heading + command.getHelp().synopsis(heading.length()));
      err.printf("`%s --help` says more.%n", command.getCommandSpec().qualifiedName());
    }
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static String mistake(ParameterException e) {
    ArgSpec argument = e.getArgSpec();
    String value = e.getValue();
    if (argument instanceof OptionSpec option && value != null) {
      Class<?> type = option.auxiliaryTypes()[0];
      String wanted =
          type == int.class || type == long.class
              ? "a whole number"
              : type == double.class || type == Double.class ? "a number" : null;
      if (wanted != null) {
        return String.valueOf(
            Check.expected(option.longestName(), wanted, "'" + value + "'").getMessage());
      }
    }
    return String.valueOf(e.getMessage());
  }

  /** The version of this build, such as {@code 0.1.0-SNAPSHOT}. */
  public static String version() {
    try (InputStream in = TritterCommand.class.getResourceAsStream("version.txt")) {
      if (in == null) {
        throw new IllegalStateException("version.txt: missing beside " + TritterCommand.class);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "COMMAND: expected one, got none");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tritter " + version()};
    }
  }
}
