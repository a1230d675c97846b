package io.tritter.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tritter demo}: runs the example script that trains a BitNet. */
@Command(
    name = "demo",
    description = {
      "Train a small BitNet b1.58 transformer on text, pack it to 2 bits and let it write.",
      "Runs examples/train_bitnet.py; Ctrl-C stops the training and goes on with what is learned."
    },
    mixinStandardHelpOptions = true,
    preprocessor = PassThrough.class,
    customSynopsis =
        "tritter demo [-h] [--data FILE] [--seconds N] [--seed N] [--out DIR] [--quiet]",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter demo",
      "  tritter demo --seconds 20 --quiet",
      "  tritter demo --data shakespeare.txt --out shakespeare"
    })
final class DemoCommand implements Callable<Integer>, PassThrough.Receiver {
  private static final String SCRIPT = "examples/train_bitnet.py";

  @Parameters(
      paramLabel = "OPTIONS",
      arity = "0..*",
      description = {
        "--data FILE        a text to learn; else the sources of Python's own library",
        "--seconds N        time to train",
        "--steps N          so many steps instead: the same bits each time",
        "--seed N           of weights and batches",
        "--predict-steps N  steps in a row that may do without gradients; 0: none",
        "--prompt TEXT      what the packed model continues",
        "--out DIR          where model, metrics and plot go; demo-out otherwise",
        "--quiet            no progress, only the results"
      })
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() {
    List<String> argv = new ArrayList<>();
    argv.add(SourceTree.root().resolve(SCRIPT).toString());
    argv.addAll(arguments);
    try (PythonProgram python = PythonProgram.openInterpreted()) {
      return python.script(argv);
    }
  }

  /** The script reads its options itself; only the help is ours. */
  @Override
  public boolean take(List<String> given) {
    if (given.contains("--help") || given.contains("-h")) {
      return false;
    }
    arguments = List.copyOf(given);
    return true;
  }
}
