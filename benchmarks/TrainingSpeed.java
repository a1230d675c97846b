import io.tritter.data.Batch;
import io.tritter.data.BatchSampler;
import io.tritter.data.TextCorpus;
import io.tritter.kernel.Kernels;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.optim.AdamW;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Tokens a second of the demo's model from Java, for comparison with pytorch_train.py: the same
 * sizes, batch 16 of 128 bytes, forward, backward, clipping and AdamW.
 *
 * <p>Arguments: a text file, rounds (default 7), steps a round (default 20). The first two rounds
 * wait for the JVM's compiler and do not count.
 */
public class TrainingSpeed {
  private static final int BATCH = 16;
  private static final int WARM_UP = 2;

  public static void main(String[] args) throws Exception {
    TextCorpus text = TextCorpus.read(Path.of(args[0]), ".py", TextCorpus.MOST_BYTES);
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 7;
    int steps = args.length > 2 ? Integer.parseInt(args[2]) : 20;
    Transformer model = Transformer.random(TransformerConfig.demo(), 1);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    int context = model.config().context();
    BatchSampler batches = new BatchSampler(text.training(), BATCH, context, 1);
    double[] rates = new double[rounds];
    for (int round = -WARM_UP; round < rounds; round++) {
      long start = System.nanoTime();
      for (int step = 0; step < steps; step++) {
        Batch batch = batches.next();
        model.clearGradients();
        model.forward(batch.ids(), BATCH);
        model.lossAndBackward(batch.targets());
        optimizer.step(1e-3, 1.0);
        model.weightsChanged();
      }
      if (round >= 0) {
        rates[round] = steps * BATCH * context / ((System.nanoTime() - start) / 1e9);
      }
    }
    Arrays.sort(rates);
    System.out.printf(
        "Tritter, %s, %d parameters%n", Kernels.active().description(), model.config().parameterCount());
    System.out.printf(
        "tokens/s: best %.0f, median %.0f of %d rounds%n", rates[rounds - 1], rates[rounds / 2], rounds);
  }
}
