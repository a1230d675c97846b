package io.tritter.bridge;

import io.tritter.data.Batch;
import io.tritter.hybrid.HybridConfig;
import io.tritter.hybrid.HybridTrainer;
import io.tritter.hybrid.Trainable;
import io.tritter.model.Transformer;
import io.tritter.optim.Optimizer;
import io.tritter.run.TransformerPasses;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A trainer for which Python holds a handle: of a model of ours, or of one that Python runs. */
public final class HybridTraining {
  final SnapshotNumbers snapshots = new SnapshotNumbers();
  final Optimizer optimizer;

  /** Of a model of ours; null for one of Python's. */
  final @Nullable HybridTrainer<List<Batch>> ours;

  /** Of a model that Python runs. */
  final @Nullable HybridTrainer<PassedGradients.Result> theirs;

  final @Nullable PassedGradients passed;

  HybridTraining(
      Transformer model,
      int context,
      Optimizer optimizer,
      double clipNorm,
      HybridConfig config,
      @Nullable Batch probe) {
    this.optimizer = optimizer;
    Trainable<List<Batch>> passes = new TransformerPasses(model, context);
    List<Batch> judges = probe == null ? null : List.of(probe);
    ours = new HybridTrainer<>(passes, optimizer, clipNorm, config, judges, snapshots);
    theirs = null;
    passed = null;
  }

  HybridTraining(
      PassedGradients passed, Optimizer optimizer, double clipNorm, HybridConfig config) {
    this.optimizer = optimizer;
    this.passed = passed;
    theirs = new HybridTrainer<>(passed, optimizer, clipNorm, config, null, snapshots);
    ours = null;
  }

  /** Either. */
  HybridTrainer<?> trainer() {
    HybridTrainer<?> one = ours != null ? ours : theirs;
    if (one == null) {
      throw new IllegalStateException("expected a trainer, got none");
    }
    return one;
  }
}
