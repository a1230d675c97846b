package io.tritter.run;

import io.tritter.data.Tokenizer;
import io.tritter.model.Transformer;
import io.tritter.optim.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All weights of a model learn; a checkpoint has it as {@code model/}. */
record WholeModel(Transformer model) implements Learner {
  static final String DIRECTORY = "model";

  static WholeModel open(RunFile file, Tokenizer tokenizer, @Nullable Path checkpoint)
      throws IOException {
    return new WholeModel(
        checkpoint == null
            ? file.model().open(tokenizer, file.training().seed())
            : Transformer.load(checkpoint.resolve(DIRECTORY)));
  }

  @Override
  public void training(boolean on) {
    // a transformer has no dropout
  }

  @Override
  public void regularize() {
    // no terms but the loss
  }

  @Override
  public void updated(long step) {
    // nothing follows the optimizer's schedule
  }

  @Override
  public State state() {
    return new State(Map.of(), Map.of());
  }

  @Override
  public void load(State state) {
    // the weights are all there is
  }

  @Override
  public void save(Path checkpoint, @Nullable Path tokenizer) throws IOException {
    Path directory = Files.createDirectories(saved(checkpoint));
    model.save(directory);
    Learner.copyTokenizer(tokenizer, directory);
  }

  @Override
  public Path saved(Path checkpoint) {
    return checkpoint.resolve(DIRECTORY);
  }

  @Override
  public Path finish(Path checkpoint, Path output, @Nullable Path tokenizer) throws IOException {
    Path packed = Files.createDirectories(output.resolve(DIRECTORY));
    Transformer.load(saved(checkpoint)).pack().save(packed);
    Learner.copyTokenizer(tokenizer, packed);
    return packed;
  }
}
