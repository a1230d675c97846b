package io.tritter.benchmarks;

import io.tritter.data.Batch;
import io.tritter.hybrid.HybridConfig;
import io.tritter.hybrid.HybridConfig.Preset;
import io.tritter.hybrid.HybridStats;
import io.tritter.hybrid.HybridTrainer;
import io.tritter.hybrid.Phase;
import io.tritter.hybrid.Restorable;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import io.tritter.optim.AdamW;
import io.tritter.run.TransformerPasses;
import java.util.List;
import java.util.SplittableRandom;

/** What the hybrid trainer costs beside passes and optimizer, on the demo's model. */
@SuppressWarnings("SystemOut")
public final class HybridOverhead {
  private static final int STEPS = 200;
  private static final int WARM_UP = 30;
  private static final int BATCH = 16;
  private static final double RATE = 1e-3;

  /** Attempts come as often as they may, many times as often as by default. */
  private static final double TRYING_SHARE = 0.5;

  private HybridOverhead() {}

  /** Takes the ids of a sequence; without arguments 128. */
  public static void main(String[] args) {
    int context = args.length == 0 ? 128 : Integer.parseInt(args[0]);
    steps(context, HybridConfig.of(Preset.SAFE, WARM_UP, true), WARM_UP);
    for (Preset preset : Preset.values()) {
      HybridConfig config = HybridConfig.of(preset, STEPS, true).withTryingShare(TRYING_SHARE);
      report(preset.name(), steps(context, config, STEPS));
    }
    HybridConfig safe = HybridConfig.of(Preset.SAFE, STEPS, true).withTryingShare(TRYING_SHARE);
    HybridStats stats = steps(context, safe.withForecast(true), STEPS);
    report("SAFE, with a forecaster", stats);
    stats.forecasts().forEach(System.out::println);
  }

  private static void report(String name, HybridStats stats) {
    HybridStats.PhaseTotal full = stats.phases().get(Phase.FULL);
    System.out.printf(
        "%-24s %5.2f %% of the time; full step %.1f ms, %d attempts%n",
        name,
        100 * stats.overhead(),
        full == null ? Double.NaN : 1e3 * full.seconds() / full.steps(),
        stats.tried());
  }

  private static HybridStats steps(int context, HybridConfig config, int steps) {
    Transformer model = Transformer.random(TransformerConfig.demo(), 1);
    AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT);
    SplittableRandom random = new SplittableRandom(1);
    HybridTrainer<List<Batch>> trainer =
        new HybridTrainer<>(
            new TransformerPasses(model, context),
            optimizer,
            1,
            config,
            List.of(batch(random, context)),
            Restorable.NOTHING);
    for (int i = 0; i < steps; i++) {
      trainer.step(List.of(batch(random, context)), RATE);
    }
    return trainer.stats();
  }

  /** A text with something to learn: each id is that before plus 0 to 3. */
  private static Batch batch(SplittableRandom random, int context) {
    int[] ids = new int[BATCH * context];
    int[] targets = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i % context == 0 ? random.nextInt(200) : targets[i - 1];
      targets[i] = (ids[i] + random.nextInt(4)) % 200;
    }
    return Batch.of(ids, targets, BATCH);
  }
}
