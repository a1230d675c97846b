package io.tritter.run;

import io.tritter.adapter.AdaLoraConfig;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.BoftConfig;
import io.tritter.adapter.Ia3Config;
import io.tritter.adapter.LohaConfig;
import io.tritter.adapter.LokrConfig;
import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.OftConfig;
import io.tritter.adapter.PrefixTuningConfig;
import io.tritter.adapter.PromptTuningConfig;
import io.tritter.adapter.TargetModules;
import io.tritter.adapter.VeraConfig;
import io.tritter.format.FormatException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The {@code adapter} section: a kind, and the fields of it as Hugging Face PEFT names them. */
final class AdapterSection {
  private static final String DEFAULT_TARGETS = "all-linear";
  private static final int VIRTUAL_TOKENS = 20;

  private enum Kind {
    NONE,
    LORA,
    ADALORA,
    IA3,
    VERA,
    LOHA,
    LOKR,
    OFT,
    BOFT,
    PROMPT,
    PREFIX
  }

  private AdapterSection() {}

  /**
   * Reads the section.
   *
   * @param steps of the run, for what follows its length; 0 for no limit
   * @return null for none
   */
  static @Nullable AdapterConfig read(YamlMapping section, long steps) throws FormatException {
    Kind kind = section.constant("kind", Kind.NONE);
    return switch (kind) {
      case NONE -> {
        section.end(() -> kind);
        yield null;
      }
      case LORA -> lora(section);
      case ADALORA -> adaLora(section, steps);
      case IA3 -> ia3(section);
      case VERA -> {
        int r = section.integer("r", 256);
        double start = section.number("d_initial", 0.1);
        double dropout = section.number("vera_dropout", 0);
        TargetModules targets = targets(section);
        yield section.end(() -> new VeraConfig(r, start, dropout, targets));
      }
      case LOHA -> {
        int r = section.integer("r", 8);
        double alpha = section.number("alpha", 8);
        TargetModules targets = targets(section);
        yield section.end(() -> new LohaConfig(r, alpha, targets));
      }
      case LOKR -> lokr(section);
      case OFT -> oft(section);
      case BOFT -> {
        int size = section.integer("boft_block_size", section.has("boft_block_num") ? 0 : 4);
        int count = section.integer("boft_block_num", 0);
        TargetModules targets = targets(section);
        yield section.end(() -> new BoftConfig(size, count, targets));
      }
      case PROMPT -> prompt(section);
      case PREFIX -> {
        int tokens = section.integer("num_virtual_tokens", VIRTUAL_TOKENS);
        yield section.end(() -> new PrefixTuningConfig(tokens));
      }
    };
  }

  private static AdapterConfig prompt(YamlMapping section) throws FormatException {
    int tokens = section.integer("num_virtual_tokens", VIRTUAL_TOKENS);
    PromptTuningConfig.Init init =
        section.constant("prompt_tuning_init", PromptTuningConfig.Init.RANDOM);
    return section.end(() -> new PromptTuningConfig(tokens, init, List.of()));
  }

  private static AdapterConfig lora(YamlMapping section) throws FormatException {
    int r = section.integer("r", 8);
    double alpha = section.number("lora_alpha", 2 * r);
    double dropout = section.number("lora_dropout", 0);
    boolean rslora = section.flag("use_rslora", false);
    boolean dora = section.flag("use_dora", false);
    LoraConfig.Init init = section.constant("init_lora_weights", LoraConfig.Init.DEFAULT);
    TargetModules targets = targets(section);
    return section.end(() -> new LoraConfig(r, alpha, dropout, rslora, dora, init, targets));
  }

  private static AdapterConfig adaLora(YamlMapping section, long steps) throws FormatException {
    int initial = section.integer("init_r", 12);
    int target = section.integer("target_r", Math.min(initial, 8));
    double alpha = section.number("lora_alpha", 2 * initial);
    double dropout = section.number("lora_dropout", 0);
    int total = section.integer("total_step", (int) Math.min(steps, Integer.MAX_VALUE));
    int first = section.integer("tinit", total / 10);
    int last = section.integer("tfinal", total / 5);
    int every = section.integer("deltaT", 10);
    double beta1 = section.number("beta1", 0.85);
    double beta2 = section.number("beta2", 0.85);
    double orthogonal = section.number("orth_reg_weight", 0.5);
    TargetModules targets = targets(section);
    return section.end(
        () ->
            new AdaLoraConfig(
                initial,
                target,
                alpha,
                dropout,
                first,
                last,
                every,
                beta1,
                beta2,
                orthogonal,
                total,
                targets));
  }

  private static AdapterConfig ia3(YamlMapping section) throws FormatException {
    TargetModules targets = targets(section, "target_modules", "k_proj", "v_proj", "down_proj");
    TargetModules inputs = targets(section, "feedforward_modules", "down_proj");
    return section.end(() -> new Ia3Config(targets, inputs));
  }

  private static AdapterConfig lokr(YamlMapping section) throws FormatException {
    int r = section.integer("r", 8);
    double alpha = section.number("alpha", 8);
    boolean both = section.flag("decompose_both", false);
    int factor = section.integer("decompose_factor", -1);
    TargetModules targets = targets(section);
    return section.end(() -> new LokrConfig(r, alpha, both, factor, targets));
  }

  private static AdapterConfig oft(YamlMapping section) throws FormatException {
    int r = section.integer("r", 0);
    int size = section.integer("oft_block_size", section.has("r") ? 0 : 32);
    boolean share = section.flag("block_share", false);
    boolean neumann = section.flag("use_cayley_neumann", true);
    int terms = section.integer("num_cayley_neumann_terms", 5);
    TargetModules targets = targets(section);
    return section.end(() -> new OftConfig(r, size, share, neumann, terms, targets));
  }

  private static TargetModules targets(YamlMapping section) throws FormatException {
    return targets(section, "target_modules", DEFAULT_TARGETS);
  }

  /** A list of names, or a pattern; {@code absent} has names, or a pattern alone. */
  private static TargetModules targets(YamlMapping section, String key, String... absent)
      throws FormatException {
    if (!section.has(key)) {
      return absent[0].equals(DEFAULT_TARGETS)
          ? TargetModules.ALL_LINEAR
          : TargetModules.of(absent);
    }
    List<String> names = section.list(key);
    if (names != null) {
      return section.checked(key, () -> new TargetModules(names, null));
    }
    String pattern = section.needed(key).trim();
    boolean all = pattern.toLowerCase(Locale.ROOT).equals(DEFAULT_TARGETS);
    return section.checked(
        key, () -> all ? TargetModules.ALL_LINEAR : TargetModules.matching(pattern));
  }
}
