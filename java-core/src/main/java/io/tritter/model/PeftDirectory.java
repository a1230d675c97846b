package io.tritter.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.adapter.AdapterConfig;
import io.tritter.format.AtomicFile;
import io.tritter.format.FormatException;
import io.tritter.format.JsonFile;
import io.tritter.format.Safetensors;
import io.tritter.format.StoredTensor;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** An adapter as Hugging Face PEFT stores it: its configuration and its tensors. */
record PeftDirectory(Path directory, AdapterConfig config) {
  private static final String CONFIG = "adapter_config.json";
  private static final String TENSORS = "adapter_model.safetensors";

  /** What the keys of all but a prompt begin with. */
  private static final String PREFIX = "base_model.";

  static PeftDirectory open(Path directory) throws IOException {
    Path file = directory.resolve(CONFIG);
    return new PeftDirectory(directory, PeftJson.read(file, JsonFile.read(file)));
  }

  static boolean isOne(Path directory) {
    return Files.exists(directory.resolve(CONFIG));
  }

  static Path baseModel(Path directory) throws IOException {
    Path file = directory.resolve(CONFIG);
    String name = JsonFile.read(file).path("base_model_name_or_path").asText("");
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new FormatException(file.toString(), 0, "expected base_model_name_or_path, got none");
    }
    return Path.of(name);
  }

  /** Writes both files, each beside its place and renamed. */
  static void write(Path directory, NamedAdapter adapter, String baseModel, TransformerConfig model)
      throws IOException {
    Files.createDirectories(directory);
    Map<String, StoredTensor> stored = new LinkedHashMap<>();
    tensors(adapter).forEach((key, tensor) -> stored.put(key, StoredTensor.of(tensor)));
    Safetensors.write(directory.resolve(TENSORS), stored, Map.of("format", "pt"));
    ObjectNode json = PeftJson.write(adapter.config(), baseModel, model);
    AtomicFile.write(directory.resolve(CONFIG), json.toPrettyString() + "\n");
  }

  /** Fills adapters that were made of the configuration; every tensor has to have its place. */
  void copyTo(NamedAdapter adapter) throws IOException {
    Path file = directory.resolve(TENSORS);
    try (Safetensors stored = Safetensors.open(file)) {
      Map<String, Tensor> wanted = tensors(adapter);
      Set<String> unknown = new TreeSet<>(stored.names());
      unknown.removeAll(wanted.keySet());
      Set<String> missing = new TreeSet<>(wanted.keySet());
      missing.removeAll(stored.names());
      if (!unknown.isEmpty() || !missing.isEmpty()) {
        String first = (missing.isEmpty() ? unknown : missing).iterator().next();
        throw new FormatException(
            file.toString(),
            0,
            "expected %d tensors, got %d too many and %d missing, such as %s"
                .formatted(wanted.size(), unknown.size(), missing.size(), first));
      }
      for (Map.Entry<String, Tensor> e : wanted.entrySet()) {
        StoredTensor tensor = stored.get(e.getKey());
        if (!Arrays.equals(tensor.shape(), e.getValue().shape())) {
          throw new FormatException(
              file.toString(),
              0,
              "%s: expected shape %s, got %s"
                  .formatted(
                      e.getKey(),
                      Arrays.toString(e.getValue().shape()),
                      Arrays.toString(tensor.shape())));
        }
      }
      wanted.forEach((key, tensor) -> tensor.copyFrom(stored.tensor(key)));
    }
    adapter.weightsChanged();
  }

  /** All that a file holds, by its keys. */
  private static Map<String, Tensor> tensors(NamedAdapter adapter) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    String prefix = adapter.prompt() == null ? PREFIX : "";
    adapter.tensors().forEach((key, tensor) -> all.put(prefix + key, tensor));
    return all;
  }
}
