package io.tritter.cli;

import io.tritter.model.Quantization;
import io.tritter.model.Quantizer;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tritter quantize}: a packed checkpoint of a dense one. */
@Command(
    name = "quantize",
    description = "Write a checkpoint whose matrices take 2, 4 or 8 bits a weight.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter quantize --model llama --to nf4 --out llama-nf4",
      "  tritter quantize --model bitnet-master --to bitnet --out bitnet-packed"
    })
final class QuantizeCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "a Hugging Face directory of a Llama or BitNet model",
      showDefaultValue = Visibility.NEVER)
  private Path model = Path.of("");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FORM",
      description =
          "bitnet: 2 bits; nf4, fp4: 4 bits; int8: 8 bits, the last three by bitsandbytes",
      showDefaultValue = Visibility.NEVER)
  private String to = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "what to write",
      showDefaultValue = Visibility.NEVER)
  private Path out = Path.of("");

  @Option(
      names = "--block-size",
      paramLabel = "N",
      defaultValue = "64",
      description = "weights that share a scale, of 4 bits: 32, 64, ... 4096")
  private int blockSize = 64;

  @Option(names = "--double-quant", description = "scales of 4 bits in 8 bits each")
  private boolean doubleQuantized;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  QuantizeCommand() {}

  @Override
  public Integer call() throws IOException {
    Quantization.Target target = Check.constant("--to", Quantization.Target.class, to);
    PrintWriter console = spec.commandLine().getOut();
    long[] bytes = new long[2];
    Quantizer.run(
        model,
        out,
        new Quantization(target, blockSize, doubleQuantized),
        m -> {
          bytes[0] += m.bytesBefore();
          bytes[1] += m.bytesAfter();
          console.printf(
              "%s [%d, %d]: %,d to %,d bytes, error %.2f %%%n",
              m.name(), m.rows(), m.cols(), m.bytesBefore(), m.bytesAfter(), 100 * m.error());
          console.flush();
        });
    console.printf("%s: matrices of %,d bytes take %,d%n", out, bytes[0], bytes[1]);
    console.flush();
    return 0;
  }
}
