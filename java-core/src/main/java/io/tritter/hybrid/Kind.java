package io.tritter.hybrid;

import io.tritter.nn.Parameter;
import io.tritter.optim.ParameterShapes;
import java.util.List;
import java.util.Set;

/** The kinds of PREDICT steps that there are. */
public enum Kind {
  /** None: every step is full. */
  OFF,
  /** {@link LinearGradients}: no pass. */
  LINEAR,
  /** {@link Displacement}: no pass. */
  DISPLACEMENT,
  /** {@link Coasting}: no pass. */
  COASTING,
  /** {@link Shallow}: passes through the first layers. */
  SHALLOW,
  /** {@link SmallBatch}: passes of a part of the batch. */
  BATCH,
  /** {@link ShortContext}: passes of the beginning of each sequence. */
  CONTEXT,
  /** {@link PredictedEmbeddings}: passes that leave out the gradients of embeddings. */
  EMBEDDINGS;

  /** Whether its steps run no pass at all. */
  public boolean jumps() {
    return this == LINEAR || this == DISPLACEMENT || this == COASTING;
  }

  PredictKind make(Trainable<?> model, int fullSteps) {
    List<Parameter> parameters = model.parameters();
    return switch (this) {
      case OFF -> throw new IllegalStateException("OFF has no steps");
      case LINEAR ->
          new LinearGradients(
              LinearPredictor.runningSums(ParameterShapes.of(parameters)), parameters);
      case DISPLACEMENT -> new Displacement(parameters, fullSteps);
      case COASTING -> new Coasting(parameters);
      case SHALLOW -> new Shallow();
      case BATCH -> new SmallBatch();
      case CONTEXT -> new ShortContext();
      case EMBEDDINGS -> new PredictedEmbeddings(embeddings(parameters, model.embeddings()));
    };
  }

  private static List<Parameter> embeddings(List<Parameter> parameters, Set<String> names) {
    return parameters.stream().filter(p -> names.contains(p.name())).toList();
  }
}
