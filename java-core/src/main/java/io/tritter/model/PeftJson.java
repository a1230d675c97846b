package io.tritter.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.adapter.AdaLoraConfig;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.BoftConfig;
import io.tritter.adapter.Ia3Config;
import io.tritter.adapter.LinearAdapterConfig;
import io.tritter.adapter.LohaConfig;
import io.tritter.adapter.LokrConfig;
import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.OftConfig;
import io.tritter.adapter.PrefixTuningConfig;
import io.tritter.adapter.PromptTuningConfig;
import io.tritter.adapter.SoftPromptConfig;
import io.tritter.adapter.TargetModules;
import io.tritter.adapter.VeraConfig;
import io.tritter.format.FormatException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code adapter_config.json} of Hugging Face PEFT 0.21. What is not computed here is refused by
 * its key; what PEFT takes for granted is not written.
 */
final class PeftJson {
  /** Keys that change the computation where they are set. */
  private static final List<String> NOT_COMPUTED =
      List.of(
          "modules_to_save",
          "layers_to_transform",
          "layers_pattern",
          "exclude_modules",
          "rank_pattern",
          "alpha_pattern",
          "lora_bias",
          "use_qalora",
          "use_bdlora",
          "target_parameters",
          "trainable_token_indices",
          "layer_replication",
          "alora_invocation_tokens",
          "arrow_config",
          "kasa_config",
          "monteclora_config",
          "velora_config",
          "coft");

  private static final String TYPE = "peft_type";
  private static final String INPUTS = "feedforward_modules";
  private static final String TARGETS = "target_modules";
  private static final String NONE = "none";
  private static final String VIRTUAL_TOKENS = "num_virtual_tokens";
  private static final String SUBMODULES = "num_transformer_submodules";

  private PeftJson() {}

  static AdapterConfig read(Path file, JsonNode json) throws FormatException {
    JsonFields f = new JsonFields(file, json, "");
    for (String key : NOT_COMPUTED) {
      if (isSet(json.path(key))) {
        throw f.expected(key, "nothing, as it is not computed here");
      }
    }
    if (!f.text("bias", NONE).equals(NONE)) {
      throw f.expected("bias", NONE);
    }
    try {
      return config(f, f.text(TYPE, ""));
    } catch (IllegalArgumentException e) {
      throw f.fail(String.valueOf(e.getMessage()));
    }
  }

  private static AdapterConfig config(JsonFields f, String type) throws FormatException {
    return switch (type) {
      case "LORA" -> lora(f);
      case "IA3" ->
          new Ia3Config(
              targets(f, TARGETS), isSet(f.json().path(INPUTS)) ? targets(f, INPUTS) : null);
      case "VERA" ->
          new VeraConfig(
              f.integer("r", 256),
              f.number("d_initial", 0.1),
              f.number("vera_dropout", 0),
              targets(f, TARGETS));
      case "ADALORA" -> adaLora(f);
      case "LOHA" -> new LohaConfig(f.integer("r", 8), f.number("alpha", 8), targets(f, TARGETS));
      case "LOKR" ->
          new LokrConfig(
              f.integer("r", 8),
              f.number("alpha", 8),
              f.bool("decompose_both", false),
              f.integer("decompose_factor", -1),
              targets(f, TARGETS));
      case "OFT" ->
          new OftConfig(
              f.integer("r", 0),
              f.integer("oft_block_size", 32),
              f.bool("block_share", false),
              f.bool("use_cayley_neumann", true),
              f.integer("num_cayley_neumann_terms", 5),
              targets(f, TARGETS));
      case "BOFT" -> boft(f);
      case "PROMPT_TUNING" -> PromptTuningConfig.of(virtualTokens(f));
      case "PREFIX_TUNING" -> new PrefixTuningConfig(virtualTokens(f));
      default ->
          throw f.expected(
              TYPE,
              "LORA, ADALORA, IA3, VERA, LOHA, LOKR, OFT, BOFT, PROMPT_TUNING or PREFIX_TUNING");
    };
  }

  private static int virtualTokens(JsonFields f) throws FormatException {
    if (f.integer(SUBMODULES, 1) != 1) {
      throw f.expected(SUBMODULES, "1, as of a decoder alone");
    }
    return f.integer(VIRTUAL_TOKENS);
  }

  private static AdaLoraConfig adaLora(JsonFields f) throws FormatException {
    int rank = f.integer("init_r", 12);
    return new AdaLoraConfig(
        rank,
        Math.min(rank, f.integer("target_r", 8)),
        f.number("lora_alpha", 8),
        f.number("lora_dropout", 0),
        f.integer("tinit", 0),
        f.integer("tfinal", 0),
        f.integer("deltaT", 1),
        f.number("beta1", 0.85),
        f.number("beta2", 0.85),
        f.number("orth_reg_weight", 0.5),
        f.integer("total_step", 0),
        targets(f, TARGETS));
  }

  private static BoftConfig boft(JsonFields f) throws FormatException {
    if (f.integer("boft_n_butterfly_factor", 1) != 1) {
      throw f.expected("boft_n_butterfly_factor", "1, which is all that is computed here");
    }
    return new BoftConfig(
        f.integer("boft_block_size", 4), f.integer("boft_block_num", 0), targets(f, TARGETS));
  }

  private static LoraConfig lora(JsonFields f) throws FormatException {
    return new LoraConfig(
        f.integer("r", 8),
        f.number("lora_alpha", 8),
        f.number("lora_dropout", 0),
        f.bool("use_rslora", false),
        f.bool("use_dora", false),
        init(f),
        targets(f, TARGETS));
  }

  /** How the parameters began matters later where the weight was changed with them. */
  private static LoraConfig.Init init(JsonFields f) throws FormatException {
    JsonNode value = f.json().path("init_lora_weights");
    if (!value.isTextual()) {
      return LoraConfig.Init.DEFAULT;
    }
    return switch (value.asText()) {
      case "gaussian" -> LoraConfig.Init.GAUSSIAN;
      case "pissa" -> LoraConfig.Init.PISSA;
      default -> throw f.expected("init_lora_weights", "true, false, gaussian or pissa");
    };
  }

  private static TargetModules targets(JsonFields f, String key) throws FormatException {
    JsonNode value = f.json().path(key);
    if (value.isTextual()) {
      return TargetModules.matching(value.asText());
    }
    List<String> names = new ArrayList<>();
    for (JsonNode name : value) {
      if (!name.isTextual()) {
        throw f.expected(key, "names or a pattern");
      }
      names.add(name.asText());
    }
    if (names.isEmpty()) {
      throw f.expected(key, "names or a pattern");
    }
    return new TargetModules(names, null);
  }

  /** Whether a value says something: not null, false, empty or absent. */
  private static boolean isSet(JsonNode value) {
    return switch (value.getNodeType()) {
      case MISSING, NULL -> false;
      case BOOLEAN -> value.asBoolean();
      case ARRAY, OBJECT -> !value.isEmpty();
      default -> true;
    };
  }

  /** The whole file. */
  static ObjectNode write(AdapterConfig config, String baseModel, TransformerConfig model) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("base_model_name_or_path", baseModel);
    json.put("inference_mode", true);
    json.put("task_type", "CAUSAL_LM");
    return switch (config) {
      case LinearAdapterConfig c -> layers(json, c, model);
      case SoftPromptConfig c -> prompt(json, c, model);
    };
  }

  private static ObjectNode prompt(ObjectNode json, SoftPromptConfig config, TransformerConfig m) {
    json.put(VIRTUAL_TOKENS, config.numVirtualTokens())
        .put(SUBMODULES, 1)
        .put("num_layers", m.layers());
    return switch (config) {
      case PromptTuningConfig c ->
          json.put(TYPE, "PROMPT_TUNING")
              .put("prompt_tuning_init", "RANDOM") // the others want what only training has
              .put("num_attention_heads", m.heads())
              .put("token_dim", m.hiddenSize());
      case PrefixTuningConfig c ->
          json.put(TYPE, "PREFIX_TUNING")
              .put("prefix_projection", false)
              .put("num_attention_heads", m.kvHeads())
              .put("token_dim", m.kvSize())
              .put("encoder_hidden_size", m.kvSize());
    };
  }

  private static ObjectNode layers(
      ObjectNode json, LinearAdapterConfig config, TransformerConfig model) {
    if (!(config instanceof LohaConfig || config instanceof LokrConfig)) {
      // GPT-2 stores its matrices with the inputs first; the two have no such key
      json.put("fan_in_fan_out", model.architecture() == TransformerConfig.Architecture.GPT2);
    }
    json.set(TARGETS, targets(config.targetModules()));
    return switch (config) {
      case LoraConfig c -> lora(json, c);
      case AdaLoraConfig c -> adaLora(json, c);
      case Ia3Config c -> ia3(json, c);
      case VeraConfig c ->
          json.put(TYPE, "VERA")
              .put("bias", NONE)
              .put("r", c.r())
              .put("d_initial", c.dInitial())
              .put("vera_dropout", c.veraDropout())
              .put("save_projection", true);
      case LohaConfig c -> json.put(TYPE, "LOHA").put("r", c.r()).put("alpha", c.alpha());
      case LokrConfig c ->
          json.put(TYPE, "LOKR")
              .put("r", c.r())
              .put("alpha", c.alpha())
              .put("decompose_both", c.decomposeBoth())
              .put("decompose_factor", c.decomposeFactor());
      case OftConfig c ->
          json.put(TYPE, "OFT")
              .put("bias", NONE)
              .put("r", c.r())
              .put("oft_block_size", c.oftBlockSize())
              .put("block_share", c.blockShare())
              .put("use_cayley_neumann", c.useCayleyNeumann())
              .put("num_cayley_neumann_terms", c.numCayleyNeumannTerms());
      case BoftConfig c ->
          json.put(TYPE, "BOFT")
              .put("bias", NONE)
              .put("boft_block_size", c.boftBlockSize())
              .put("boft_block_num", c.boftBlockNum())
              .put("boft_n_butterfly_factor", 1);
    };
  }

  private static ObjectNode lora(ObjectNode json, LoraConfig c) {
    json.put(TYPE, "LORA")
        .put("bias", NONE)
        .put("r", c.r())
        .put("lora_alpha", c.loraAlpha())
        .put("lora_dropout", c.loraDropout())
        .put("use_rslora", c.useRslora())
        .put("use_dora", c.useDora());
    return switch (c.initLoraWeights()) {
      case DEFAULT -> json.put("init_lora_weights", true);
      case GAUSSIAN -> json.put("init_lora_weights", "gaussian");
      case PISSA -> json.put("init_lora_weights", "pissa");
    };
  }

  private static ObjectNode adaLora(ObjectNode json, AdaLoraConfig c) {
    json.put(TYPE, "ADALORA")
        .put("bias", NONE)
        .put("init_r", c.initR())
        .put("target_r", c.targetR())
        .put("lora_alpha", c.loraAlpha())
        .put("lora_dropout", c.loraDropout())
        .put("tinit", c.tinit())
        .put("tfinal", c.tfinal())
        .put("deltaT", c.deltaT())
        .put("beta1", c.beta1())
        .put("beta2", c.beta2())
        .put("orth_reg_weight", c.orthRegWeight());
    return c.totalStep() == 0 ? json : json.put("total_step", c.totalStep());
  }

  private static ObjectNode ia3(ObjectNode json, Ia3Config c) {
    TargetModules inputs = c.feedforwardModules();
    json.put(TYPE, "IA3");
    json.set(INPUTS, inputs == null ? JsonNodeFactory.instance.arrayNode() : targets(inputs));
    return json;
  }

  private static JsonNode targets(TargetModules targets) {
    if (targets.pattern() != null) {
      return JsonNodeFactory.instance.textNode(targets.pattern());
    }
    ArrayNode names = JsonNodeFactory.instance.arrayNode();
    targets.names().forEach(names::add);
    return names;
  }
}
