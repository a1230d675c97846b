package io.tritter.bench;

import io.tritter.tensor.Check;
import java.util.List;

/**
 * A way to train.
 *
 * @param name in tables and files
 * @param settings {@code key=value} of the run file
 */
public record Variant(String name, List<String> settings) {
  /** What the others are compared with. */
  static final String BASELINE = "adamw";

  public Variant {
    settings = List.copyOf(settings);
  }

  /**
   * A variant as it is typed: {@code name: key=value key=value}.
   *
   * @throws IllegalArgumentException for another text
   */
  public static Variant parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw Check.expected("variant", "name: key=value ...", "'" + text + "'");
    }
    String name = text.substring(0, colon).strip();
    String settings = text.substring(colon + 1).strip();
    return new Variant(name, settings.isEmpty() ? List.of() : List.of(settings.split("\\s+")));
  }

  /** Whether this is another optimizer, which gets a learning rate of its own. */
  boolean choosesRate() {
    return settings.stream().anyMatch(s -> s.startsWith("training.optimizer.kind="))
        && settings.stream()
            .noneMatch(s -> s.startsWith("training.learning_rate=") || s.startsWith("hybrid"));
  }

  /**
   * Ways that are worth a comparison: AdamW as textbooks have it, other optimizers, a model of half
   * the layers, and the presets of the hybrid trainer.
   *
   * @param layers of the model
   */
  public static List<Variant> usual(int layers) {
    return List.of(
        new Variant(
            "textbook",
            List.of(
                "training.learning_rate=0.002",
                "training.optimizer={beta1: 0.9, beta2: 0.999}",
                "training.schedule.kind=cosine",
                "training.schedule.warmup_steps=20")),
        new Variant("cautious", List.of("training.optimizer.kind=cautious")),
        new Variant("nadam", List.of("training.optimizer.kind=nadam")),
        new Variant("muon", List.of("training.optimizer.kind=muon")),
        new Variant("smaller", List.of("model.layers=" + Math.max(1, layers / 2))),
        new Variant("hybrid-safe", List.of("hybrid={preset: safe}")),
        new Variant("hybrid-balanced", List.of("hybrid={preset: balanced}")),
        new Variant("hybrid-aggressive", List.of("hybrid={preset: aggressive}")));
  }
}
