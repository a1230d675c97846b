package io.tritter.run;

import io.tritter.format.FormatException;
import io.tritter.tensor.Check;

/**
 * The {@code evaluation} section.
 *
 * @param every steps between two measurements; 0 for one at the end only
 * @param batches at most so many batches of held-out text; 0 for all
 * @param patience measurements in a row without a new best that end the run; 0 for none
 */
public record EvaluationSettings(long every, int batches, int patience) {
  public EvaluationSettings {
    Check.inRange("every", (double) every, 0, 1e15);
    Check.atLeast("batches", batches, 0);
    Check.atLeast("patience", patience, 0);
  }

  static EvaluationSettings read(YamlMapping section) throws FormatException {
    long every = section.whole("every", 100);
    int batches = section.integer("batches", 50);
    int patience = section.integer("patience", 0);
    return section.end(() -> new EvaluationSettings(every, batches, patience));
  }
}
