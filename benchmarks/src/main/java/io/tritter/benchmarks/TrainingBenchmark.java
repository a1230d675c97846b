package io.tritter.benchmarks;

import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.optim.AdamW;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The demo's model on the backend in use: a training step, and a forward pass on packed weights.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TrainingBenchmark {
  /** Sequences of a batch. */
  @Param({"1", "16"})
  public int batch;

  private Transformer model;
  private Transformer packed;
  private AdamW optimizer;
  private int[] ids;
  private int[] targets;

  @Setup
  public void prepare() {
    TransformerConfig config = TransformerConfig.demo();
    model = Transformer.random(config, 1);
    packed = model.pack();
    optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    SplittableRandom random = new SplittableRandom(1);
    ids = random.ints((long) batch * config.context(), 0, config.vocabSize()).toArray();
    targets = random.ints(ids.length, 0, config.vocabSize()).toArray();
  }

  @Benchmark
  public double trainingStep() {
    model.clearGradients();
    model.forward(ids, batch);
    double loss = model.lossAndBackward(targets);
    optimizer.step(1e-3, 1);
    model.weightsChanged();
    return loss;
  }

  @Benchmark
  public Object forwardOnPackedWeights() {
    return packed.forward(ids, batch);
  }
}
