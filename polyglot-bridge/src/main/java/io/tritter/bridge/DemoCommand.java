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
    customSynopsis =
        "tritter demo [-h] [--data FILE] [--seconds N] [--seed N] [--out DIR] [--quiet]",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter demo",
      "  tritter demo --seconds 20 --quiet",
      "  tritter demo --data shakespeare.txt --out shakespeare"
    })
final class DemoCommand implements Callable<Integer> {
  private static final String SCRIPT = "examples/train_bitnet.py";

  @Parameters(
      paramLabel = "OPTIONS",
      arity = "0..*",
      description = {
        "--data FILE   text to learn from; otherwise the sources of Python's own library",
        "--seconds N   training time",
        "--seed N      of the weights and the order of the text",
        "--out DIR     where the model, the metrics and the plot go; demo-out otherwise",
        "--quiet       no progress bar",
        "--steps N     so many steps instead of a time: the same bits each time",
        "--prompt TEXT what the packed model continues",
        "--predict-steps N  predicted steps a cycle; 0 for none"
      })
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() {
    List<String> argv = new ArrayList<>();
    argv.add(SourceTree.root().resolve(SCRIPT).toString());
    argv.addAll(arguments);
    try (PythonProgram python = PythonProgram.open()) {
      return python.script(argv);
    }
  }
}
