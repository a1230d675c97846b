package io.tritter.run;

import io.tritter.format.FormatException;
import io.tritter.hybrid.Correction;
import io.tritter.hybrid.DivergenceLimits;
import io.tritter.hybrid.HybridConfig;
import io.tritter.hybrid.HybridConfig.Preset;
import io.tritter.hybrid.Kind;
import io.tritter.hybrid.Opening;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The {@code hybrid} section: a preset, and what is to be otherwise. */
final class HybridSection {
  private HybridSection() {}

  /**
   * Reads the section.
   *
   * @param steps of the run, for the opening of a preset; 0 for no limit
   * @param newModel whether the model has learned nothing yet, unless the section says so
   */
  static HybridConfig read(YamlMapping section, long steps, boolean newModel)
      throws FormatException {
    boolean fromScratch = section.flag("from_scratch", newModel);
    Preset preset = section.constant("preset", Preset.BALANCED);
    HybridConfig usual = HybridConfig.of(preset, steps, fromScratch);
    int warmup = section.integer("warmup_steps", usual.warmupSteps());
    int full = section.integer("full_steps", usual.fullSteps());
    int recovery = section.integer("recovery_steps", usual.recoverySteps());
    Opening opening =
        section.has("opening") ? opening(section.mapping("opening"), fromScratch) : usual.opening();
    List<Kind> kinds =
        all(
            section,
            "kinds",
            "kinds",
            name -> Check.constant("kinds", Kind.class, name),
            usual.kinds());
    List<Integer> lengths =
        all(section, "lengths", "whole numbers", Integer::valueOf, usual.lengths());
    List<Double> strengths =
        all(section, "strengths", "numbers", Double::valueOf, usual.strengths());
    double confidence = section.number("confidence", usual.confidence());
    double trying = section.number("trying_share", usual.tryingShare());
    int rejections = section.integer("rejections", usual.rejections());
    DivergenceLimits limits = limits(section.mapping("limits"), usual.limits());
    Correction correction = correction(section.mapping("correction"), usual.correction());
    double mostRate = section.number("most_rate", usual.mostRate());
    HybridConfig.Clock clock = section.constant("clock", usual.clock());
    boolean forecast = section.flag("forecast", usual.forecast());
    return section.end(
        () ->
            new HybridConfig(
                warmup,
                full,
                recovery,
                opening,
                kinds,
                lengths,
                strengths,
                confidence,
                trying,
                rejections,
                limits,
                correction,
                mostRate,
                clock,
                forecast));
  }

  private static Opening opening(YamlMapping section, boolean fromScratch) throws FormatException {
    Kind kind = section.constant("kind", Kind.OFF);
    int steps = section.integer("steps", 0);
    List<Double> strengths = all(section, "strengths", "numbers", Double::valueOf, List.of());
    boolean stack = section.flag("stack", fromScratch && kind == Kind.SHALLOW);
    return section.end(() -> new Opening(kind, steps, strengths, stack));
  }

  private static DivergenceLimits limits(YamlMapping section, DivergenceLimits usual)
      throws FormatException {
    double caution = section.number("caution", usual.caution());
    double warning = section.number("warning", usual.warning());
    double critical = section.number("critical", usual.critical());
    double exploding = section.number("exploding", usual.exploding());
    double vanishing = section.number("vanishing", usual.vanishing());
    return section.end(
        () -> new DivergenceLimits(caution, warning, critical, exploding, vanishing));
  }

  private static Correction correction(YamlMapping section, Correction usual)
      throws FormatException {
    Correction.Form form = section.constant("form", usual.form());
    double strength = section.number("strength", usual.strength());
    int rank = section.integer("rank", usual.rank());
    return section.end(() -> new Correction(form, strength, rank));
  }

  /** What each text of a list says, or a single text. */
  private static <T> List<T> all(
      YamlMapping section, String key, String rule, Function<String, T> read, List<T> usual)
      throws FormatException {
    if (!section.has(key)) {
      return usual;
    }
    List<String> several = section.list(key);
    List<String> texts = several == null ? List.of(section.needed(key)) : several;
    List<T> values = new ArrayList<>();
    for (String text : texts) {
      try {
        values.add(read.apply(text));
      } catch (NumberFormatException e) {
        throw section.refused(key, "%s: expected %s, got '%s'".formatted(key, rule, text));
      } catch (IllegalArgumentException e) {
        throw section.refused(key, String.valueOf(e.getMessage()));
      }
    }
    return values;
  }
}
