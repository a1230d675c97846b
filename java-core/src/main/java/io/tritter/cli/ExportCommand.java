package io.tritter.cli;

import io.tritter.data.GgufTokenizer;
import io.tritter.format.Gguf;
import io.tritter.format.GgufType;
import io.tritter.format.GgufValue;
import io.tritter.model.Adapters;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tritter export}: writes a model for llama.cpp. */
@Command(
    name = "export",
    description =
        "Write a model and its tokenizer, or a LoRA adapter, as a GGUF file, which llama.cpp runs.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter export --model demo-out/model demo.gguf",
      "  tritter export --model demo-out/model --type f16 demo-f16.gguf",
      "  tritter export --model runs/lora/adapter lora.gguf"
    })
final class ExportCommand implements Callable<Integer> {
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--format", paramLabel = "NAME", defaultValue = "gguf", description = "gguf")
  private String format = "gguf";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = {
        "of the matrices: f32, f16, bf16, q8_0, or, for BitNets, tq1_0, tq2_0;",
        "by default tq2_0 for BitNets and f16 for others"
      })
  private @Nullable String type;

  @Parameters(
      paramLabel = "FILE",
      description = "what to write",
      showDefaultValue = Visibility.NEVER)
  private Path out = Path.of("");

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  ExportCommand() {}

  @Override
  public Integer call() throws IOException {
    if (!format.equals("gguf")) {
      throw Check.expected("--format", "gguf", format);
    }
    if (Adapters.isDirectory(model.path())) {
      Adapters adapters = new Adapters(Transformer.load(model.belowAdapter()));
      adapters.load("default", model.path());
      adapters.saveGguf("default", out, type(false));
    } else {
      model.expectNoBase();
      if (ModelFile.isGguf(model.path())) {
        exportGguf();
      } else {
        Transformer transformer = Transformer.load(model.path());
        save(transformer, GgufTokenizer.of(model.path(), transformer.config().vocabSize()));
      }
    }
    PrintWriter console = spec.commandLine().getOut();
    console.printf("%s: %,d bytes%n", out, Files.size(out));
    console.flush();
    return 0;
  }

  /** Another GGUF file, with the tokenizer that it has. */
  private void exportGguf() throws IOException {
    try (Gguf file = Gguf.open(model.path())) {
      Map<String, GgufValue> tokenizer = new LinkedHashMap<>(file.metadata());
      tokenizer.keySet().removeIf(name -> !name.startsWith("tokenizer."));
      save(Transformer.loadGguf(model.path()), tokenizer);
    }
  }

  private void save(Transformer transformer, Map<String, GgufValue> tokenizer) throws IOException {
    boolean ternary = transformer.config().weights() == TransformerConfig.Weights.BITNET;
    transformer.saveGguf(out, type(ternary), tokenizer);
  }

  private GgufType type(boolean ternary) {
    String usual = ternary ? "tq2_0" : "f16";
    return Check.constant("--type", GgufType.class, type == null ? usual : type);
  }
}
