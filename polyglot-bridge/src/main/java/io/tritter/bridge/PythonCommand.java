package io.tritter.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tritter python}: the command line of a Python interpreter that has tritter_accel. */
@Command(
    name = "python",
    description = "Run a Python script, module or line, or start a prompt; tritter_accel imports.",
    mixinStandardHelpOptions = true,
    preprocessor = PassThrough.class,
    customSynopsis = "tritter python [-h] [-c CODE | -m MODULE | SCRIPT | -] [ARGS...]",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter python train.py --epochs 3",
      "  tritter python -c \"import tritter_accel; print(tritter_accel.version())\"",
      "  tritter python -m json.tool data.json",
      "  tritter python                              a prompt; Ctrl-D leaves it",
      "  echo 'print(1 + 1)' | tritter python        a script from standard input"
    })
final class PythonCommand implements Callable<Integer>, PassThrough.Receiver {
  @Option(names = "-c", paramLabel = "CODE", description = "Run a line of code.")
  private @Nullable String code;

  @Option(names = "-m", paramLabel = "MODULE", description = "Run a module as a script.")
  private @Nullable String module;

  @Parameters(
      paramLabel = "SCRIPT ARGS",
      description = "A Python file, or - for standard input, and what it gets as sys.argv.")
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() {
    try (PythonProgram python = PythonProgram.open()) {
      if (code != null) {
        return python.code(code, arguments);
      }
      if (module != null) {
        return python.module(module, arguments);
      }
      if (arguments.isEmpty()) {
        return Prompt.isTerminal() ? Prompt.run(python) : python.standardInput(List.of());
      }
      return arguments.get(0).equals("-")
          ? python.standardInput(arguments.subList(1, arguments.size()))
          : python.script(arguments);
    }
  }

  /** What follows the script, or the value of -c and -m, belongs to Python, options included. */
  @Override
  public boolean take(List<String> given) {
    if (given.isEmpty()) {
      return false;
    }
    String first = given.getFirst();
    boolean valued = first.equals("-c") || first.equals("-m");
    boolean other = first.startsWith("-") && first.length() > 1 && !valued;
    if (other || (valued && given.size() < 2)) {
      return false;
    }
    code = first.equals("-c") ? given.get(1) : null;
    module = first.equals("-m") ? given.get(1) : null;
    arguments = List.copyOf(given.subList(valued ? 2 : 0, given.size()));
    return true;
  }
}
