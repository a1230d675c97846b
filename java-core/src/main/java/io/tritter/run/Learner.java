package io.tritter.run;

import io.tritter.data.Tokenizer;
import io.tritter.model.Transformer;
import io.tritter.optim.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** What learns in a run: all weights of a model, or an adapter over weights that stay. */
interface Learner {

  /**
   * The learner of a run.
   *
   * @param checkpoint to go on from; null to begin
   */
  static Learner open(RunFile file, Tokenizer tokenizer, @Nullable Path checkpoint)
      throws IOException {
    return file.adapter() == null
        ? WholeModel.open(file, tokenizer, checkpoint)
        : AdaptedModel.open(file, file.adapter(), checkpoint);
  }

  /** The model; its parameters are those that learn. */
  Transformer model();

  /** Whether dropout acts from now on. */
  void training(boolean on);

  /** Adds the gradients of the learner's own terms to those of the loss. */
  void regularize();

  /** Tells of an update by the optimizer; the first is step 1. */
  void updated(long step);

  /** What the next steps depend on beside the weights; its tensors are live. */
  State state();

  /**
   * Goes on from a saved state.
   *
   * @throws IllegalArgumentException for one that does not fit
   */
  void load(State state);

  /**
   * Writes what has learned into a directory of its own in a new checkpoint.
   *
   * @param tokenizer a file to put beside a model; null for none
   */
  void save(Path checkpoint, @Nullable Path tokenizer) throws IOException;

  /** The directory that {@link #save} has written. */
  Path saved(Path checkpoint);

  /**
   * Writes what a finished run has made.
   *
   * @param checkpoint the best one
   * @return the directory of it, in {@code output}
   */
  Path finish(Path checkpoint, Path output, @Nullable Path tokenizer) throws IOException;

  /** Copies a tokenizer's file, if there is one. */
  static void copyTokenizer(@Nullable Path tokenizer, Path directory) throws IOException {
    if (tokenizer != null) {
      Files.copy(tokenizer, directory.resolve(Tokenizer.FILE), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
