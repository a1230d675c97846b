package io.tritter.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.Ia3Config;
import io.tritter.adapter.LoraConfig;
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
          "velora_config");

  private static final String NONE = "none";

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
      return config(f, f.text("peft_type", ""));
    } catch (IllegalArgumentException e) {
      throw f.fail(String.valueOf(e.getMessage()));
    }
  }

  private static AdapterConfig config(JsonFields f, String type) throws FormatException {
    return switch (type) {
      case "LORA" -> lora(f);
      case "IA3" ->
          new Ia3Config(
              targets(f, "target_modules"),
              isSet(f.json().path("feedforward_modules"))
                  ? targets(f, "feedforward_modules")
                  : null);
      case "VERA" ->
          new VeraConfig(
              f.integer("r", 256),
              f.number("d_initial", 0.1),
              f.number("vera_dropout", 0),
              targets(f, "target_modules"));
      default -> throw f.expected("peft_type", "LORA, IA3 or VERA");
    };
  }

  private static LoraConfig lora(JsonFields f) throws FormatException {
    return new LoraConfig(
        f.integer("r", 8),
        f.number("lora_alpha", 8),
        f.number("lora_dropout", 0),
        f.bool("use_rslora", false),
        f.bool("use_dora", false),
        init(f),
        targets(f, "target_modules"));
  }

  /** How the parameters began matters later where the weight was changed with them. */
  private static LoraConfig.Init init(JsonFields f) throws FormatException {
    JsonNode value = f.json().path("init_lora_weights");
    if (!value.isTextual() || value.asText().equals("gaussian")) {
      return LoraConfig.Init.DEFAULT;
    }
    if (value.asText().equals("pissa")) {
      return LoraConfig.Init.PISSA;
    }
    throw f.expected("init_lora_weights", "true, false, gaussian or pissa");
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

  /** The whole file; {@code inputsFirst} says that the model stores its matrices as GPT-2 does. */
  static ObjectNode write(AdapterConfig config, String baseModel, boolean inputsFirst) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("base_model_name_or_path", baseModel);
    json.put("fan_in_fan_out", inputsFirst);
    json.put("inference_mode", true);
    json.put("task_type", "CAUSAL_LM");
    json.set("target_modules", targets(config.targetModules()));
    switch (config) {
      case LoraConfig c -> {
        json.put("peft_type", "LORA");
        json.put("bias", NONE);
        json.put("r", c.r());
        json.put("lora_alpha", c.loraAlpha());
        json.put("lora_dropout", c.loraDropout());
        json.put("use_rslora", c.useRslora());
        json.put("use_dora", c.useDora());
        if (c.initLoraWeights() == LoraConfig.Init.PISSA) {
          json.put("init_lora_weights", "pissa");
        } else {
          json.put("init_lora_weights", true);
        }
      }
      case Ia3Config c -> {
        json.put("peft_type", "IA3");
        TargetModules inputs = c.feedforwardModules();
        json.set(
            "feedforward_modules",
            inputs == null ? JsonNodeFactory.instance.arrayNode() : targets(inputs));
      }
      case VeraConfig c -> {
        json.put("peft_type", "VERA");
        json.put("bias", NONE);
        json.put("r", c.r());
        json.put("d_initial", c.dInitial());
        json.put("vera_dropout", c.veraDropout());
        json.put("save_projection", true);
      }
    }
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
