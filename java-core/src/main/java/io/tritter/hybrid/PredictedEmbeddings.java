package io.tritter.hybrid;

import io.tritter.nn.Parameter;
import io.tritter.optim.Optimizer;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.List;

/**
 * Passes that leave out the gradients of the embeddings, and a line through their past ones in
 * place of these: during warm-up the one part of a gradient that can be foretold. It costs what
 * {@link Trainable#cost} says of a pass without them. Strength has no meaning.
 */
final class PredictedEmbeddings implements PredictKind {
  private static final Effort WITHOUT = new Effort(1, 1, 1, false);

  private final List<Tensor> gradients;
  private final LinearGradients line;
  private final LinearPredictor predictor;

  PredictedEmbeddings(List<Parameter> embeddings) {
    if (embeddings.isEmpty()) {
      throw Check.expected("kinds", "embeddings in a model that names some", "none");
    }
    gradients = Tensors.gradients(embeddings);
    predictor = LinearPredictor.runningSums(ParameterShapes.of(embeddings));
    line = new LinearGradients(predictor, embeddings);
  }

  @Override
  public Effort effort(double strength) {
    return WITHOUT;
  }

  @Override
  public boolean watches() {
    return true;
  }

  @Override
  public void observe(long step, boolean correcting) {
    line.observe(step, correcting);
  }

  @Override
  public double confidence() {
    return line.confidence();
  }

  @Override
  public double update(
      long step, double strength, Optimizer optimizer, double rate, double clipNorm) {
    Tensors.copy(gradients, predictor.predict(step));
    return optimizer.step(rate, clipNorm);
  }

  @Override
  public State state() {
    return line.state();
  }

  @Override
  public void load(State state) {
    line.load(state);
  }
}
