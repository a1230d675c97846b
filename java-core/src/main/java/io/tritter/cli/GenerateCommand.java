package io.tritter.cli;

import io.tritter.data.TextStream;
import io.tritter.model.Generator;
import io.tritter.model.Sampling;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tritter generate}: continues a text, and shows it while it comes. */
@Command(
    name = "generate",
    description = "Continue a text with a model: a Hugging Face directory or a GGUF file.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter generate --model demo-out/model --prompt 'def '",
      "  tritter generate --model demo-out/model --prompt 'def ' --temperature 0 --stop return",
      "  tritter generate --model model.gguf --prompt 'import ' --seed 7 -n 400"
    })
final class GenerateCommand implements Callable<Integer> {
  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "what to continue",
      showDefaultValue = Visibility.NEVER)
  private String prompt = "";

  @Option(
      names = {"-n", "--max-new-tokens"},
      paramLabel = "N",
      defaultValue = "200",
      description = "ids to add at most")
  private int maxNewTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0.8",
      description = "0 takes the most probable id each time")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "draw from the K most probable ids; 0: from all")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "0.95",
      description = "draw from the smallest set with this probability")
  private double topP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      defaultValue = "1",
      description = "above 1 makes ids that were there before less probable")
  private double repetitionPenalty;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "end before this text; repeatable",
      showDefaultValue = Visibility.NEVER)
  private List<String> stops = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "the same seed, the same text")
  private long seed;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  GenerateCommand() {}

  @Override
  public Integer call() throws IOException {
    Check.atLeast("--max-new-tokens", maxNewTokens, 1);
    Sampling sampling = new Sampling(temperature, topK, topP, repetitionPenalty);
    ModelFile file = model.open();
    int[] ids = file.tokenizer().encode(prompt);
    PrintWriter out = spec.commandLine().getOut();
    out.print(prompt);
    out.flush();
    Generator generator = new Generator(file.model(), ids, sampling, seed);
    TextStream text = new TextStream(file.tokenizer(), stops);
    for (int i = 0; i < maxNewTokens && !text.stopped(); i++) {
      out.print(text.push(generator.next()));
      out.flush();
    }
    out.println(text.end());
    out.flush();
    return 0;
  }
}
