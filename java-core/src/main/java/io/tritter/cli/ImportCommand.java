package io.tritter.cli;

import io.tritter.data.GgufTokenizer;
import io.tritter.data.Tokenizer;
import io.tritter.format.AtomicFile;
import io.tritter.format.Gguf;
import io.tritter.model.Transformer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tritter import}: makes a Hugging Face directory of a GGUF file. */
@Command(
    name = "import",
    description = "Make a Hugging Face directory of a GGUF file: llama, bitnet or gpt2.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = "  tritter import demo.gguf --out model")
final class ImportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "the GGUF file")
  private Path file = Path.of("");

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "what to write")
  private Path out = Path.of("");

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  ImportCommand() {}

  @Override
  public Integer call() throws IOException {
    Transformer model = Transformer.loadGguf(file);
    model.save(out);
    String tokenizer;
    Set<Integer> ends;
    try (Gguf gguf = Gguf.open(file)) {
      tokenizer = GgufTokenizer.toJson(file.toString(), gguf.metadata());
      ends = GgufTokenizer.endIds(gguf.metadata());
    }
    if (tokenizer != null) {
      AtomicFile.write(out.resolve(Tokenizer.FILE), tokenizer);
    }
    if (!ends.isEmpty()) {
      AtomicFile.write(out.resolve("generation_config.json"), "{\"eos_token_id\": " + ends + "}\n");
    }
    PrintWriter console = spec.commandLine().getOut();
    console.printf("%s: %s%n", out, model);
    if (tokenizer == null) {
      console.printf("no tokenizer: the file has none that is a byte-level BPE%n");
    }
    console.flush();
    return 0;
  }
}
