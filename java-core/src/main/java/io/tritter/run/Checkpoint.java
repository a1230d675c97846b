package io.tritter.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.AtomicFile;
import io.tritter.format.FormatException;
import io.tritter.format.JsonFile;
import io.tritter.format.Safetensors;
import io.tritter.format.StoredTensor;
import io.tritter.optim.State;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that decides how a run goes on: a directory with what has learned as Hugging Face has it
 * ({@code model/} or {@code adapter/}), the tensors of optimizer and phases ({@code
 * state.safetensors}), the numbers of these and of the run ({@code state.json}), and a manifest
 * with the SHA-256 of each file, which is written last.
 *
 * @param directory where it is
 * @param state of optimizer and phases
 * @param numbers of the run: step, tokens, seconds, losses
 * @param data the place in the data
 */
record Checkpoint(Path directory, State state, ObjectNode numbers, ObjectNode data) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TENSORS = "state.safetensors";
  private static final String NUMBERS = "state.json";

  /**
   * Writes a directory that does not exist yet; whoever calls removes it when this fails.
   *
   * @param tokenizer a file to put beside a model; null for none
   */
  static void write(
      Path directory,
      Learner learner,
      @Nullable Path tokenizer,
      State state,
      ObjectNode numbers,
      ObjectNode data)
      throws IOException {
    Files.createDirectories(directory);
    learner.save(directory, tokenizer);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    state.tensors().forEach((name, tensor) -> tensors.put(name, StoredTensor.of(tensor)));
    Safetensors.write(directory.resolve(TENSORS), tensors, Map.of());
    ObjectNode all = JSON.createObjectNode();
    all.set("run", numbers);
    all.set("data", data);
    ObjectNode others = all.putObject("state");
    state.numbers().forEach(others::put);
    AtomicFile.write(directory.resolve(NUMBERS), all.toPrettyString());
    Manifest.write(directory);
  }

  /** The held-out loss of its weights; NaN if it has none, or cannot be read. */
  static double loss(Path directory) {
    try {
      RunState state =
          RunState.of(directory.toString(), JsonFile.read(directory.resolve(NUMBERS)).path("run"));
      return state.judged() ? state.heldOutLoss() : Double.NaN;
    } catch (IOException e) {
      return Double.NaN; // whoever wants to read it hears why
    }
  }

  /**
   * Reads all but what has learned, after a look at the manifest.
   *
   * @throws FormatException for a checkpoint that is not whole
   */
  static Checkpoint read(Path directory) throws IOException {
    Manifest.check(directory);
    Path file = directory.resolve(NUMBERS);
    JsonNode all = JsonFile.read(file);
    if (!(all.path("run") instanceof ObjectNode run)
        || !(all.path("data") instanceof ObjectNode data)
        || !(all.path("state") instanceof ObjectNode numbers)) {
      throw new FormatException(file.toString(), 0, "expected the objects run, data and state");
    }
    Map<String, Double> values = new LinkedHashMap<>();
    numbers.properties().forEach(e -> values.put(e.getKey(), e.getValue().doubleValue()));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Safetensors stored = Safetensors.open(directory.resolve(TENSORS))) {
      for (String name : stored.names()) {
        tensors.put(name, stored.tensor(name));
      }
    }
    return new Checkpoint(directory, new State(tensors, values), run, data);
  }
}
