package io.tritter.run;

import io.tritter.adapter.AdaLoraConfig;
import io.tritter.adapter.AdapterConfig;
import io.tritter.data.DataSettings;
import io.tritter.format.FormatException;
import io.tritter.hybrid.HybridConfig;
import io.tritter.optim.OptimizerSettings;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a training run, as a YAML 1.2 file has them; {@code docs/training.md} describes
 * each key. A key that is not known is an error with its line and the nearest known one. Paths are
 * relative to the working directory.
 *
 * @param model what is trained
 * @param quantization what the model's matrices become, which an adapter leaves as they are; null
 *     for what they are
 * @param adapter what learns in place of the model; null for the model itself
 * @param tokenizer a directory with a {@code tokenizer.json}, {@code bytes}, or null for that of
 *     the model
 * @param data batches to train on
 * @param heldOut batches that the model is judged by; null for none
 * @param training how
 * @param hybrid which steps of it may be cheap; null for none
 * @param evaluation how often the held-out loss is measured
 * @param checkpoints what is kept on the disk
 * @param output the directory that the run fills
 */
public record RunFile(
    ModelSettings model,
    @Nullable QuantizationSettings quantization,
    @Nullable AdapterConfig adapter,
    @Nullable String tokenizer,
    DataSettings data,
    @Nullable DataSettings heldOut,
    TrainingSettings training,
    @Nullable HybridConfig hybrid,
    EvaluationSettings evaluation,
    CheckpointSettings checkpoints,
    Path output) {

  public RunFile {
    if (adapter != null && model.path() == null) {
      throw Check.expected("adapter", "a model.path to adapt", "a new model");
    }
    if (adapter == null && quantization != null) {
      throw Check.expected("quantization", "an adapter, as these weights do not learn", "none");
    }
    if (hybrid != null && training.phases() != null) {
      throw Check.expected("hybrid", "no training.phases beside it", "both");
    }
    if (hybrid != null && adapter instanceof AdaLoraConfig) {
      throw Check.expected("hybrid", "an adapter whose ranks stay", "adalora");
    }
    if (hybrid != null && adapter != null && hybrid.opening().stack()) {
      throw Check.expected("hybrid.opening.stack", "layers that learn themselves", "an adapter");
    }
  }

  /**
   * Reads and checks a file; no other file is looked at.
   *
   * @param settings {@code key=value}, in place of what the file says: {@code training.steps=200}
   * @throws FormatException with file, line and key of what is wrong
   */
  public static RunFile read(Path file, List<String> settings) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FormatException(file.toString(), 0, "expected a run file, got a directory");
    }
    return parse(file.toString(), Files.readString(file), settings);
  }

  /** {@link #read} of a text that is there already. */
  static RunFile parse(String source, String text, List<String> settings) throws FormatException {
    YamlMapping file = Yaml.parse(source, text, settings);
    long seed = file.mapping("training").whole("seed", 0);
    ModelSettings model = ModelSettings.read(file.mapping("model"));
    QuantizationSettings quantization = QuantizationSettings.read(file.mapping("quantization"));
    long steps = file.mapping("training").whole("steps", 0);
    AdapterConfig adapter = AdapterSection.read(file.mapping("adapter"), steps);
    String tokenizer = file.text("tokenizer");
    DataSections data = DataSections.read(file.mapping("data"), seed);
    boolean cheap = file.has("hybrid");
    TrainingSettings training = TrainingSettings.read(file.mapping("training"), cheap);
    HybridConfig hybrid =
        cheap ? HybridSection.read(file.mapping("hybrid"), steps, model.path() == null) : null;
    EvaluationSettings evaluation = EvaluationSettings.read(file.mapping("evaluation"));
    CheckpointSettings checkpoints = CheckpointSettings.read(file.mapping("checkpoints"));
    String output = file.needed("output");
    return file.end(
        () ->
            new RunFile(
                model,
                quantization,
                adapter,
                tokenizer,
                data.training(),
                data.heldOut(),
                training,
                hybrid,
                evaluation,
                checkpoints,
                Path.of(output)));
  }

  /**
   * The {@code hybrid} block alone, as YAML or JSON.
   *
   * @param steps of the run; 0 if they are not known
   */
  public static HybridConfig hybrid(String text, long steps) throws FormatException {
    return HybridSection.read(Yaml.parse("hybrid", text, List.of()), steps, false);
  }

  /** The {@code training.optimizer} block alone, as YAML or JSON. */
  public static OptimizerSettings optimizer(String text) throws FormatException {
    return OptimizerSection.read(Yaml.parse("optimizer", text, List.of()), false);
  }

  /** The directory of what a finished run has made: a model, or an adapter. */
  public Path result() {
    return output.resolve(adapter == null ? WholeModel.DIRECTORY : AdaptedModel.DIRECTORY);
  }

  /**
   * What would be trained on what, after a look at the model and at the first batch.
   *
   * @throws IOException if the model or the data cannot be read
   * @throws IllegalArgumentException if they do not fit each other
   */
  public String describe() throws IOException {
    return RunCheck.describe(this);
  }
}
