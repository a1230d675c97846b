package io.tritter.run;

import io.tritter.train.HeldOutLoss;
import io.tritter.train.StepMetrics;
import java.nio.file.Path;

/** Hears what a run does while it does it, on the run's thread. */
public interface RunListener {
  /** Nobody listens. */
  RunListener NONE = new RunListener() {};

  /**
   * A step is over.
   *
   * @param done share of the run, from 0 to 1
   */
  default void step(StepMetrics metrics, double done) {}

  /** The held-out loss was measured. */
  default void heldOut(HeldOutLoss loss) {}

  /** A checkpoint is on the disk. */
  default void checkpoint(Path directory) {}

  /** Something that the user should know, such as a row that was left out. */
  default void message(String line) {}
}
