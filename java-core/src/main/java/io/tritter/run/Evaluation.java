package io.tritter.run;

import io.tritter.data.Batch;
import io.tritter.data.DataSettings;
import io.tritter.data.DataStream;
import io.tritter.data.Tokenizer;
import io.tritter.model.Transformer;
import io.tritter.tensor.Check;
import java.io.IOException;

/**
 * What a model is worth on data that it is not trained on.
 *
 * @param loss mean cross-entropy over all targets, in nats; NaN where there is none
 * @param tokens number of targets
 */
public record Evaluation(double loss, long tokens) {

  /**
   * Measures a model on all the held-out data of a run file.
   *
   * @throws IllegalArgumentException for a file without held-out data
   */
  public static Evaluation of(Transformer model, Tokenizer tokenizer, RunFile run)
      throws IOException {
    DataSettings held = run.heldOut();
    if (held == null) {
      throw Check.expected("data", "held_out, or hold_out_every above 0", "neither");
    }
    return of(model, tokenizer, held, 0);
  }

  /** Measures a model on at most so many batches; 0 for all. */
  static Evaluation of(Transformer model, Tokenizer tokenizer, DataSettings data, int batches)
      throws IOException {
    double sum = 0;
    long tokens = 0;
    try (DataStream<Batch> stream = data.open(tokenizer, line -> {})) {
      for (int i = 0; batches == 0 || i < batches; i++) {
        Batch batch = stream.next();
        if (batch == null) {
          break;
        }
        int count = batch.predictions();
        if (count > 0) {
          model.forward(batch.ids(), batch.size());
          sum += model.loss(batch.targets()) * count;
          tokens += count;
        }
      }
    }
    return new Evaluation(sum / tokens, tokens);
  }
}
