package io.tritter.benchmarks;

import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.TargetModules;
import io.tritter.kernel.Activation;
import io.tritter.model.Adapters;
import io.tritter.model.Quantization;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.model.TransformerConfig.Weights;
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

/** Forward and backward with LoRA over matrices of each kind, beside training all weights. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 6, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AdapterBenchmark {
  private static final int SEQUENCE = 128;
  private static final int BATCH = 4;
  private static final int VOCABULARY = 4096;

  /** What learns: all of a dense or a ternary model, or LoRA of rank 16 over every matrix. */
  public enum Kind {
    DENSE,
    TERNARY,
    LORA_DENSE,
    LORA_NF4,
    LORA_PACKED
  }

  /** See {@link Kind}. */
  @Param public Kind kind;

  private Transformer model;
  private int[] ids;
  private int[] targets;

  @Setup
  public void prepare() {
    boolean ternary = kind == Kind.TERNARY || kind == Kind.LORA_PACKED;
    TransformerConfig config =
        new TransformerConfig(
            VOCABULARY,
            768,
            1792,
            4,
            12,
            12,
            SEQUENCE,
            10_000f,
            1e-5f,
            ternary ? Weights.BITNET : Weights.DENSE,
            Activation.SILU,
            ternary,
            true);
    Transformer base = Transformer.random(config, 1);
    model =
        switch (kind) {
          case DENSE, TERNARY -> base;
          case LORA_DENSE -> withLora(base);
          case LORA_NF4 ->
              withLora(base.quantized(Quantization.to(Quantization.Target.NF4), false));
          case LORA_PACKED -> withLora(base.pack());
        };
    SplittableRandom random = new SplittableRandom(1);
    ids = random.ints((long) BATCH * SEQUENCE, 0, VOCABULARY).toArray();
    targets = random.ints(ids.length, 0, VOCABULARY).toArray();
  }

  private static Transformer withLora(Transformer base) {
    Adapters adapters = new Adapters(base);
    adapters.add("default", LoraConfig.of(16, 32, TargetModules.ALL_LINEAR), 1);
    return adapters.model();
  }

  @Benchmark
  public double forwardAndBackward() {
    model.clearGradients();
    model.forward(ids, BATCH);
    return model.lossAndBackward(targets);
  }
}
