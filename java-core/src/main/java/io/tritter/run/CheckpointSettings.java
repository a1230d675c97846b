package io.tritter.run;

import io.tritter.format.FormatException;
import io.tritter.tensor.Check;

/**
 * The {@code checkpoints} section.
 *
 * @param every steps between two checkpoints; 0 for one at the end only
 * @param keepLast newest checkpoints that stay
 * @param keepBest checkpoints with the least held-out loss that stay beside them
 */
public record CheckpointSettings(long every, int keepLast, int keepBest) {
  public CheckpointSettings {
    Check.inRange("every", (double) every, 0, 1e15);
    Check.atLeast("keep_last", keepLast, 1);
    Check.atLeast("keep_best", keepBest, 0);
  }

  static CheckpointSettings read(YamlMapping section) throws FormatException {
    long every = section.whole("every", 100);
    int keepLast = section.integer("keep_last", 2);
    int keepBest = section.integer("keep_best", 1);
    return section.end(() -> new CheckpointSettings(every, keepLast, keepBest));
  }
}
