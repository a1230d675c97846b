package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.data.Batch;
import io.tritter.data.BatchSequence;
import io.tritter.format.GradientMessage;
import io.tritter.kernel.Activation;
import io.tritter.model.TransformerConfig.Weights;
import io.tritter.nn.Parameter;
import io.tritter.optim.AdamW;
import io.tritter.optim.CompressedGradients;
import io.tritter.optim.GradientCompressor;
import io.tritter.optim.Optimizer;
import io.tritter.optim.ParameterShapes;
import io.tritter.optim.Schedule;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two workers, each with a half of the batch, that exchange compressed gradients. */
@Tag("any-width")
class CompressedTrainingTest {
  private static final int STEPS = 900;
  private static final int CONTEXT = 32;
  private static final double BETA1 = 0.9;

  /** What is left out comes later, as from a momentum: less of its own is needed beside it. */
  private static final double BETA1_OF_LATE = 0.5;

  private static final int BATCH = 4;

  private static final TransformerConfig CONFIG =
      new TransformerConfig(
          64, 48, 64, 1, 2, 2, CONTEXT, 1e4f, 1e-5f, Weights.DENSE, Activation.SILU, false, true);

  /** Sentences of a small grammar, whose entropy is far above zero. */
  private static byte[] text(int seed, int words) {
    String[] known = "the a small big red cat dog bird sees hears likes and or not".split(" ", -1);
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    int last = 0;
    for (int i = 0; i < words; i++) {
      last = (last * 5 + random.nextInt(4)) % known.length;
      text.append(known[last]).append(' ');
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (bytes[i] == ' ' ? 0 : bytes[i] - 'a' + 1);
    }
    return bytes;
  }

  @Test
  void thirtyTwoTimesFewerBytesReachTheLossOfPlainTraining() throws IOException {
    BatchSequence heldOut = new BatchSequence(text(2, 1500), 16, CONTEXT);
    Transformer plain = Transformer.random(CONFIG, 3);
    long plainBytes = train(plain, 0);
    Transformer compressed = Transformer.random(CONFIG, 3);
    long bytes = train(compressed, 0.065);
    double wanted = loss(plain, heldOut);
    double got = loss(compressed, heldOut);
    assertTrue(bytes * 32 <= plainBytes, bytes + " bytes, plain " + plainBytes);
    assertTrue(got <= wanted * 1.01, "held-out loss " + got + ", plain " + wanted);
  }

  private static double loss(Transformer model, BatchSequence batches) {
    double sum = 0;
    for (int i = 0; i < batches.batches(); i++) {
      model.forward(batches.get(i).ids(), batches.get(i).size());
      sum += model.loss(batches.get(i).targets());
    }
    return sum / batches.batches();
  }

  /**
   * Trains with two workers, of which each computes the change of the weights that it would make by
   * itself and sends that; the mean of both is applied. AdamW divides by the size of a gradient, so
   * of one that comes rarely and in one piece it would make too little.
   *
   * @param ratio 0 for changes that are sent as they are
   * @return the bytes that one worker sends
   */
  private static long train(Transformer model, double ratio) throws IOException {
    ParameterShapes shapes = ParameterShapes.of(model.parameters());
    List<Worker> workers = List.of(new Worker(model, ratio, 1), new Worker(model, ratio, 2));
    Schedule schedule = new Schedule.WarmupStableDecay(5e-3, STEPS / 10, STEPS, STEPS / 2, 0);
    BatchSequence batches = new BatchSequence(text(1, 12_000), BATCH, CONTEXT);
    long bytes = 0;
    for (int step = 0; step < STEPS; step++) {
      List<Map<String, Tensor>> changes = new ArrayList<>();
      List<CompressedGradients> received = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Batch batch = batches.get((2 * step + i) % batches.batches());
        model.clearGradients();
        model.forward(batch.ids(), batch.size());
        model.lossAndBackward(batch.targets());
        changes.add(workers.get(i).change(schedule.learningRate(step)));
        if (ratio > 0) {
          byte[] message =
              GradientMessage.write(workers.get(i).compressor.compress(changes.get(i)));
          received.add(GradientMessage.read("worker " + i, message));
          bytes += i == 0 ? message.length : 0;
        }
      }
      Map<String, Tensor> mean =
          ratio > 0 ? CompressedGradients.mean(received) : mean(changes.get(0), changes.get(1));
      for (Parameter p : model.parameters()) {
        p.value().axpby(1, mean.getOrDefault(p.name(), p.value()), 1);
      }
      model.weightsChanged();
    }
    return ratio > 0 ? bytes : STEPS * shapes.elements() * Float.BYTES;
  }

  /** An optimizer over a copy of the weights, and what it left out so far. */
  private static final class Worker {
    private final List<Parameter> weights;
    private final List<Parameter> copies;
    private final Optimizer optimizer;
    private final GradientCompressor compressor;

    Worker(Transformer model, double ratio, long seed) {
      weights = model.parameters();
      copies = weights.stream().map(p -> p.withValue(p.value().copy())).toList();
      double beta1 = ratio > 0 ? BETA1_OF_LATE : BETA1;
      optimizer = new AdamW.Settings(beta1, 0.95, 1e-8, 0.1).create(copies);
      compressor = new GradientCompressor(ParameterShapes.of(weights), ratio > 0 ? ratio : 1, seed);
    }

    /** What a step by the gradients of the model changes. */
    Map<String, Tensor> change(double learningRate) {
      for (int i = 0; i < copies.size(); i++) {
        copies.get(i).value().copyFrom(weights.get(i).value());
      }
      optimizer.step(learningRate, 1);
      Map<String, Tensor> changes = new LinkedHashMap<>();
      for (int i = 0; i < copies.size(); i++) {
        Tensor change = copies.get(i).value().copy();
        change.axpby(-1, weights.get(i).value(), 1);
        changes.put(weights.get(i).name(), change);
      }
      return changes;
    }
  }

  private static Map<String, Tensor> mean(Map<String, Tensor> one, Map<String, Tensor> other) {
    Map<String, Tensor> mean = new LinkedHashMap<>();
    other.forEach((name, x) -> mean.put(name, x.copy()));
    mean.forEach((name, x) -> x.axpby(0.5f, one.getOrDefault(name, x), 0.5f));
    return mean;
  }
}
