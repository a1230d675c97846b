package io.tritter.benchmarks.peers;

import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.optim.AdamW;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A step of training the demo's model: forward, backward, clipping, AdamW. */
final class Training {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of("training-step", Training::step);

  private static final double LEARNING_RATE = 1e-3;
  private static final double CLIP_NORM = 1;

  private Training() {}

  /**
   * Inputs int32 ids and targets, [batch, context]; the output is the loss of the third step. The
   * weights of the beginning are in the folder, for the other side.
   */
  private static List<Implementation> step(Request r) {
    int batch = r.size("batch");
    int[] ids = r.integers(0);
    int[] targets = r.integers(1);
    Transformer model = Transformer.random(TransformerConfig.demo(), 1);
    try {
      model.save(r.folder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    float[] loss = new float[1];
    Runnable step =
        () -> {
          model.clearGradients();
          model.forward(ids, batch);
          loss[0] = (float) model.lossAndBackward(targets);
          optimizer.step(LEARNING_RATE, CLIP_NORM);
          model.weightsChanged();
        };
    step.run();
    step.run(); // the server makes the third
    return List.of(
        new Implementation(Implementation.OURS, step, () -> List.of(MemorySegment.ofArray(loss))));
  }
}
