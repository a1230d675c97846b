package io.tritter.benchmarks.peers;

import io.tritter.model.Generator;
import io.tritter.model.Sampling;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.optim.AdamW;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The demo's model: a step of training it, which is forward, backward, clipping and AdamW, and a
 * text that it continues.
 */
final class DemoModel {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of("training-step", DemoModel::trainingStep, "decode", DemoModel::decode);

  private static final double LEARNING_RATE = 1e-3;
  private static final double CLIP_NORM = 1;

  private DemoModel() {}

  /**
   * Inputs int32 ids and targets, [batch, context]; the output is the loss of the third step. The
   * weights of the beginning are in the folder, for the other side.
   */
  private static List<Implementation> trainingStep(Request r) {
    int batch = r.size("batch");
    int[] ids = r.integers(0);
    int[] targets = r.integers(1);
    Transformer model = saved(r);
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

  /**
   * Input int32 prompt; the output are the {@code count} likeliest ids behind it, each read before
   * the next. The weights are in the folder, for the other side.
   */
  private static List<Implementation> decode(Request r) {
    int[] prompt = r.integers(0);
    int[] continuation = new int[r.size("count")];
    Transformer model = saved(r).pack();
    return Implementation.ours(
        () -> {
          Generator generator = new Generator(model, prompt, Sampling.GREEDY, 1);
          Arrays.setAll(continuation, i -> generator.next());
        },
        MemorySegment.ofArray(continuation));
  }

  private static Transformer saved(Request r) {
    Transformer model = Transformer.random(TransformerConfig.demo(), 1);
    try {
      model.save(r.folder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }
}
