package io.tritter.run;

import io.tritter.data.Batch;
import io.tritter.data.DataSettings;
import io.tritter.data.DataStream;
import io.tritter.data.Tokenizer;
import io.tritter.model.Transformer;
import java.io.IOException;

/** The loss of a model on data that it is not trained on. */
final class HeldOut {
  private HeldOut() {}

  /**
   * Mean cross-entropy over all targets, in nats.
   *
   * @param batches at most so many; 0 for all
   * @return NaN where there is no target
   */
  static double loss(Transformer model, DataSettings data, Tokenizer tokenizer, int batches)
      throws IOException {
    double sum = 0;
    long predictions = 0;
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
          predictions += count;
        }
      }
    }
    return sum / predictions;
  }
}
