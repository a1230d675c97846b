package io.tritter.run;

import io.tritter.adapter.AdaLoraConfig;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.RankAllocator;
import io.tritter.model.Adapters;
import io.tritter.model.Transformer;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** An adapter learns over a model that stays; a checkpoint has it as {@code adapter/}. */
final class AdaptedModel implements Learner {
  static final String DIRECTORY = "adapter";
  private static final String NAME = "default";

  private final Adapters adapters;
  private final Path base;
  private final @Nullable RankAllocator allocator;

  private AdaptedModel(Adapters adapters, Path base) {
    this.adapters = adapters;
    this.base = base;
    allocator =
        adapters.config(NAME) instanceof AdaLoraConfig ? adapters.rankAllocator(NAME) : null;
  }

  static AdaptedModel open(RunFile file, AdapterConfig config, @Nullable Path checkpoint)
      throws IOException {
    Path base = file.model().path();
    if (base == null) {
      throw Check.expected("adapter", "model.path, a model to adapt", "a new model");
    }
    Transformer model = Transformer.load(base);
    QuantizationSettings to = file.quantization();
    if (to != null) {
      model = model.quantized(to.matrices(), to.embeddings());
    }
    Adapters adapters = new Adapters(model);
    if (checkpoint == null) {
      adapters.add(NAME, config, file.training().seed());
    } else {
      adapters.load(NAME, checkpoint.resolve(DIRECTORY));
    }
    return new AdaptedModel(adapters, base);
  }

  @Override
  public Transformer model() {
    return adapters.model();
  }

  @Override
  public void training(boolean on) {
    adapters.training(on);
  }

  @Override
  public void regularize() {
    if (allocator != null) {
      allocator.regularize();
    }
  }

  @Override
  public void updated(long step) {
    if (allocator != null) {
      allocator.update(Math.toIntExact(step));
    }
  }

  @Override
  public State state() {
    return adapters.state();
  }

  @Override
  public void load(State state) {
    adapters.load(state);
  }

  @Override
  public void save(Path checkpoint, @Nullable Path tokenizer) throws IOException {
    adapters.save(NAME, saved(checkpoint), base.toString());
  }

  @Override
  public Path saved(Path checkpoint) {
    return checkpoint.resolve(DIRECTORY);
  }

  @Override
  public Path finish(Path checkpoint, Path output, @Nullable Path tokenizer) throws IOException {
    Path directory = Files.createDirectories(output.resolve(DIRECTORY));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(saved(checkpoint))) {
      for (Path file : files) {
        Path copy = directory.resolve(file.getFileName());
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return directory;
  }
}
