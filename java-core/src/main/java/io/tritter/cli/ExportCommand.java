package io.tritter.cli;

import io.tritter.data.GgufTokenizer;
import io.tritter.format.GgufType;
import io.tritter.model.Transformer;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tritter export}: writes a model for llama.cpp. */
@Command(
    name = "export",
    description = "Write a model and its tokenizer as a GGUF file, which llama.cpp runs.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter export --model demo-out/model demo.gguf",
      "  tritter export --model demo-out/model --type f16 demo-f16.gguf"
    })
final class ExportCommand implements Callable<Integer> {
  @Option(names = "--model", required = true, paramLabel = "DIR", description = "the model")
  private Path model = Path.of("");

  @Option(names = "--format", paramLabel = "NAME", defaultValue = "gguf", description = "gguf")
  private String format = "gguf";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "tq2_0",
      description = "of the matrices: f32, f16, bf16, q8_0, or, for BitNets, tq1_0, tq2_0")
  private String type = "tq2_0";

  @Parameters(paramLabel = "FILE", description = "what to write")
  private Path out = Path.of("");

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  ExportCommand() {}

  @Override
  public Integer call() throws IOException {
    if (!format.equals("gguf")) {
      throw Check.expected("--format", "gguf", format);
    }
    GgufType wanted = Check.constant("--type", GgufType.class, type);
    Transformer transformer = Transformer.load(model);
    transformer.saveGguf(out, wanted, GgufTokenizer.of(model, transformer.config().vocabSize()));
    PrintWriter console = spec.commandLine().getOut();
    console.printf("%s: %,d bytes%n", out, Files.size(out));
    console.flush();
    return 0;
  }
}
