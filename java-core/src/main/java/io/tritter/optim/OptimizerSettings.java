package io.tritter.optim;

import io.tritter.nn.Parameter;
import java.util.List;

/** Which optimizer, and its constants; the learning rate is an argument of each step. */
public sealed interface OptimizerSettings
    permits AdamW.Settings, AdamW8bit, CautiousAdamW, NAdam, Muon.Settings {

  /** A new optimizer, with no step taken, over parameters that it updates in place. */
  Optimizer create(List<Parameter> parameters);
}
