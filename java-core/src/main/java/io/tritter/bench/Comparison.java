package io.tritter.bench;

import io.tritter.run.RunFile;
import io.tritter.run.Trial;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Variants of a training beside plain AdamW, by the time to the same held-out loss.
 *
 * <p>First AdamW is tuned, as anything looks fast beside one that is not: learning rates and decays
 * of the first moment, a warm-up of a quarter of the steps, and a linear decay over the last half.
 * Other optimizers choose among the same rates. Then each seed trains the baseline for half, all
 * and twice the seconds, and each variant for all of them, with the baseline's settings where it
 * names no others. All trainings of a seed take turns of a second, so that what else the machine
 * does hits them alike. Results are kept as they come, and a comparison that was stopped goes on.
 */
public final class Comparison {
  private static final double[] BUDGETS = {0.5, 1, 2};
  private static final double TURN_SECONDS = 1;
  private static final int LOOKS = 8;

  /** Of the run files that are only read. */
  private static final int STEPS_OF_A_CHECK = 100;

  /** Steps that are left to the compiler before others are timed, and those others. */
  private static final int UNTIMED = 30;

  private static final int TIMED = 20;

  private final Path runFile;
  private final List<String> settings;
  private final double seconds;
  private final int seeds;
  private final List<Variant> variants;
  private final List<Double> rates;
  private final List<Double> betas;
  private final Path out;
  private final Consumer<String> log;

  /**
   * A comparison.
   *
   * @param runFile what is trained; steps, schedule and seed are set here
   * @param settings in place of what it says
   * @param seconds of a trial
   * @param seeds from 0 on
   * @param rates learning rates that AdamW and other optimizers choose from
   * @param betas of AdamW, to choose from
   * @param out a directory, of this comparison or a new one
   * @param log hears what is going on, a line at a time
   */
  public Comparison(
      Path runFile,
      List<String> settings,
      double seconds,
      int seeds,
      List<Variant> variants,
      List<Double> rates,
      List<Double> betas,
      Path out,
      Consumer<String> log) {
    this.runFile = runFile;
    this.settings = List.copyOf(settings);
    this.seconds = Check.positive("seconds", seconds);
    this.seeds = Check.atLeast("seeds", seeds, 1);
    this.variants = List.copyOf(variants);
    this.rates = List.copyOf(rates);
    this.betas = List.copyOf(betas);
    Check.atLeast("rates", rates.size(), 1);
    Check.atLeast("betas", betas.size(), 1);
    this.out = out;
    this.log = log;
  }

  /**
   * Trains until all is done or {@code stop} says so.
   *
   * @return what there is, of whole trials
   */
  public ComparisonReport run(BooleanSupplier stop) throws IOException {
    Files.createDirectories(out);
    List<TrialResult> results = earlier();
    Path planFile = out.resolve("plan.json");
    String of = List.of(runFile, settings, seconds, rates, betas).toString();
    Plan plan = Plan.read(planFile, of);
    if (plan == null) {
      plan = tune(of, stop);
      if (plan == null) {
        return new ComparisonReport(results, Map.of());
      }
      plan.write(planFile);
    }
    if (measureMissing(plan)) {
      plan.write(planFile);
    }
    for (Variant variant : variants) {
      if (variant.choosesRate() && !plan.rates().containsKey(variant.name())) {
        Plan best = tune(plan, variant, List.of(plan.beta1()), stop);
        if (best == null) {
          return new ComparisonReport(results, Map.of());
        }
        plan.rates().put(variant.name(), best.rate());
        plan.write(planFile);
      }
    }
    for (int seed = 0; seed < seeds && !stop.getAsBoolean(); seed++) {
      List<Entry> entries = new ArrayList<>();
      for (double budget : BUDGETS) {
        entries.add(entry(plan, new Variant(Variant.BASELINE, List.of()), budget, seed));
      }
      for (Variant variant : variants) {
        entries.add(entry(plan, variant, 1, seed));
      }
      entries.removeIf(e -> results.stream().anyMatch(r -> r.key().equals(e.key())));
      results.addAll(train(entries, stop, true));
    }
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("run file", runFile + " " + String.join(" ", settings));
    facts.put("seconds of a trial", Double.toString(seconds));
    facts.put("AdamW's learning rate and beta1", plan.rate() + ", " + plan.beta1());
    facts.put("learning rates of others", plan.rates().toString());
    facts.put("steps", plan.steps().toString());
    return new ComparisonReport(results, facts);
  }

  private List<TrialResult> earlier() throws IOException {
    List<TrialResult> results = new ArrayList<>();
    Path file = out.resolve("results.jsonl");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        results.add(TrialResult.of(line));
      }
      log.accept("%s: %d trainings are there already".formatted(file, results.size()));
    }
    return results;
  }

  /** Speeds, and the best settings of the baseline; null if it was stopped. */
  private @Nullable Plan tune(String of, BooleanSupplier stop) throws IOException {
    Plan plan = new Plan(of, Map.of(), rates.getFirst(), betas.getFirst(), Map.of());
    for (Variant variant : variants) { // what is wrong with one is said before hours of work
      file(variant, plan, STEPS_OF_A_CHECK, 0);
    }
    Variant baseline = new Variant(Variant.BASELINE, List.of());
    measure(baseline, plan); // until the compiler is done
    plan.steps().put(Variant.BASELINE, measure(baseline, plan));
    return tune(plan, baseline, betas, stop);
  }

  /** The plan with those settings that do best for a variant; null if it was stopped. */
  private @Nullable Plan tune(
      Plan plan, Variant variant, List<Double> ofBetas, BooleanSupplier stop) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (double rate : rates) {
      for (double beta : ofBetas) {
        entries.add(entry(plan.with(rate, beta), variant, 1, 0));
      }
    }
    List<TrialResult> results = train(entries, stop, false);
    if (results.size() < entries.size()) {
      return null;
    }
    Plan best = plan;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < results.size(); i++) {
      Plan candidate = entries.get(i).plan();
      double loss = results.get(i).loss();
      log.accept(
          "tuning %s: learning rate %s, beta1 %s: held-out loss %.4f"
              .formatted(variant.name(), candidate.rate(), candidate.beta1(), loss));
      if (loss < least) {
        least = loss;
        best = candidate;
      }
    }
    return best;
  }

  private boolean measureMissing(Plan plan) throws IOException {
    boolean any = false;
    for (Variant variant : variants) {
      if (!plan.steps().containsKey(variant.name())) {
        // Cheap steps come and go; a variant with them takes as many steps as the baseline.
        boolean cheap = variant.settings().stream().anyMatch(s -> s.startsWith("hybrid"));
        long baseline = plan.steps().getOrDefault(Variant.BASELINE, 1L);
        plan.steps().put(variant.name(), cheap ? baseline : measure(variant, plan));
        any = true;
      }
    }
    return any;
  }

  /** Steps that a variant takes in the seconds of a trial. */
  private long measure(Variant variant, Plan plan) throws IOException {
    try (Trial trial = open(variant, plan, UNTIMED + TIMED, 0)) {
      while (trial.step() < UNTIMED) {
        trial.advance(0);
      }
      double before = trial.seconds();
      trial.advance(Double.MAX_VALUE);
      double each = (trial.seconds() - before) / TIMED;
      log.accept("%s: %.0f ms a step".formatted(variant.name(), 1000 * each));
      return Math.max(20, Math.round(seconds / each));
    }
  }

  /** A training that is to be. */
  private record Entry(Variant variant, Plan plan, double budget, long steps, int seed) {
    String key() {
      return "%s %s %s %d".formatted(variant.name(), variant.settings(), budget, seed);
    }
  }

  private Entry entry(Plan plan, Variant variant, double budget, int seed) {
    long steps = Math.round(budget * plan.steps().getOrDefault(variant.name(), 1L));
    return new Entry(variant, plan, budget, steps, seed);
  }

  private Trial open(Variant variant, Plan plan, long steps, int seed) throws IOException {
    return new Trial(file(variant, plan, steps, seed), LOOKS);
  }

  private RunFile file(Variant variant, Plan plan, long steps, int seed) throws IOException {
    List<String> all = new ArrayList<>(settings);
    all.add("training.steps=" + steps);
    all.add("training.seconds=0");
    all.add("training.accumulate=1");
    all.add("training.seed=" + seed);
    all.add("training.learning_rate=" + plan.rate(variant));
    all.add("training.optimizer.beta1=" + plan.beta1());
    all.add(
        "training.schedule={kind: wsd, warmup_steps: %d, decay_steps: %d, floor: 0}"
            .formatted(steps / 4, steps / 2));
    all.addAll(variant.settings());
    return RunFile.read(runFile, all);
  }

  /** Trains all in turns; those that were not done when it stopped are left out. */
  private List<TrialResult> train(List<Entry> entries, BooleanSupplier stop, boolean keep)
      throws IOException {
    List<Trial> trials = new ArrayList<>();
    @Nullable TrialResult[] results = new TrialResult[entries.size()];
    try {
      for (Entry e : entries) {
        trials.add(open(e.variant(), e.plan(), e.steps(), e.seed()));
      }
      int open = entries.size();
      while (open > 0) {
        for (int i = 0; i < entries.size(); i++) {
          Trial trial = trials.get(i);
          if (results[i] != null || stop.getAsBoolean()) {
            continue;
          }
          trial.advance(TURN_SECONDS);
          if (trial.done()) {
            TrialResult result = result(entries.get(i), trial);
            results[i] = result;
            open--;
            if (keep) {
              keep(result);
            }
          }
        }
        if (stop.getAsBoolean()) {
          break;
        }
      }
    } finally {
      for (Trial trial : trials) {
        trial.close();
      }
    }
    List<TrialResult> whole = new ArrayList<>();
    for (TrialResult result : results) {
      if (result != null) {
        whole.add(result);
      }
    }
    return whole;
  }

  private static TrialResult result(Entry e, Trial trial) {
    return new TrialResult(
        e.key(), e.variant().name(), e.budget(), e.seed(), trial.curve(), trial.phases());
  }

  private void keep(TrialResult result) throws IOException {
    Files.writeString(
        out.resolve("results.jsonl"),
        result.toJson() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    log.accept(
        "seed %d, %s for %s of the time: held-out loss %.4f after %.1f s"
            .formatted(
                result.seed(), result.variant(), result.budget(), result.loss(), result.seconds()));
  }
}
