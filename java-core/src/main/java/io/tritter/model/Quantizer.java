package io.tritter.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.AtomicFile;
import io.tritter.format.FormatException;
import io.tritter.format.JsonFile;
import io.tritter.format.StoredTensor;
import io.tritter.format.TensorDirectory;
import io.tritter.format.TensorPieces;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Makes a packed checkpoint of a dense one, a matrix at a time: one in float32 and what it becomes
 * are in memory, not the model. Embeddings, norms and the output matrix stay as they are.
 */
public final class Quantizer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern MATRIX =
      Pattern.compile("model\\.layers\\.\\d+\\.(self_attn|mlp)\\.\\w+_proj\\.weight");

  /** What belongs to a checkpoint beside its configuration and its weights. */
  private static final Pattern COMPANION =
      Pattern.compile(
          "generation_config\\.json|tokenizer.*|special_tokens_map\\.json|added_tokens\\.json"
              + "|vocab\\..*|merges\\.txt|chat_template\\..*");

  private static final long SHARD_BYTES = 5_000_000_000L;

  private Quantizer() {}

  /**
   * What has become of a matrix.
   *
   * @param error root of the mean squared difference, as a part of the root mean square weight
   */
  public record Matrix(
      String name, int rows, int cols, long bytesBefore, long bytesAfter, double error) {}

  /**
   * Reads a Hugging Face directory of a Llama or BitNet model and writes another one.
   *
   * @param out made if it is not there; what it holds of a checkpoint is replaced
   * @param each told of each matrix once it is written
   * @throws FormatException if the model is none that can be quantized so, or its files do not hold
   *     what they promise
   * @throws IllegalArgumentException if {@code out} is the model itself
   */
  public static void run(Path model, Path out, Quantization to, Consumer<Matrix> each)
      throws IOException {
    Path configFile = model.resolve(ModelDirectory.CONFIG);
    JsonNode config = JsonFile.read(configFile);
    String type = config.path("model_type").asText();
    boolean bitnet = type.equals("bitnet");
    if (!bitnet && !type.equals("llama")) {
      throw new FormatException(
          configFile.toString(), 0, "expected model_type llama or bitnet, got '" + type + "'");
    }
    if (bitnet && to.target() != Quantization.Target.BITNET) {
      throw new FormatException(
          configFile.toString(),
          0,
          "expected model_type llama for %s, as a BitNet is ternary, got '%s'"
              .formatted(to.target(), type));
    }
    Files.createDirectories(out);
    if (Files.isSameFile(model, out)) {
      throw Check.expected("out", "another directory than the model", out);
    }
    TensorDirectory tensors = TensorDirectory.open(model);
    List<TensorPieces> pieces = new ArrayList<>();
    for (String name : tensors.names()) {
      if (MATRIX.matcher(name).matches()) {
        pieces.add(QuantizedPieces.of(tensors, name, to, each));
      } else {
        pieces.add(new AsItIs(tensors, name));
      }
    }
    ObjectNode written = config.deepCopy();
    to.write(written.putObject("quantization_config"));
    copyCompanions(model, out);
    TensorDirectory.write(out, pieces, Map.of("format", "pt"), SHARD_BYTES);
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(written) + "\n";
    AtomicFile.write(out.resolve(ModelDirectory.CONFIG), text);
  }

  private static void copyCompanions(Path model, Path out) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(model)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (COMPANION.matcher(name).matches() && Files.isRegularFile(file)) {
          Files.copy(file, out.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  /** A tensor that is copied from file to file. */
  private record AsItIs(TensorDirectory tensors, String name) implements TensorPieces {
    @Override
    public Map<String, Layout> layout() {
      return Map.of(name, Layout.of(tensors.get(name)));
    }

    @Override
    public Map<String, StoredTensor> make() {
      return Map.of(name, tensors.get(name));
    }
  }
}
