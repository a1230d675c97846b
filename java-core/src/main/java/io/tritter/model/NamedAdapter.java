package io.tritter.model;

import io.tritter.adapter.AdaLoraConfig;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.LinearAdapter;
import io.tritter.adapter.RankAllocator;
import io.tritter.adapter.SoftPrompt;
import io.tritter.nn.Parameter;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One adapter of a model: those of its layers, or what it puts before each sequence. */
final class NamedAdapter {
  /** The key of a prompt in a PEFT file. */
  private static final String PROMPT = "prompt_embeddings";

  private static final String RANKS = "ranks.";

  private final AdapterConfig config;
  private final Map<String, LinearAdapter> layers;
  private final @Nullable SoftPrompt prompt;

  /** What lowers the ranks of AdaLoRA, once somebody has asked for it. */
  private @Nullable RankAllocator ranks;

  NamedAdapter(
      AdapterConfig config, Map<String, LinearAdapter> layers, @Nullable SoftPrompt prompt) {
    this.config = config;
    this.layers = layers;
    this.prompt = prompt;
  }

  AdapterConfig config() {
    return config;
  }

  /** By the names of the layers; none of a prompt. */
  Map<String, LinearAdapter> layers() {
    return layers;
  }

  @Nullable SoftPrompt prompt() {
    return prompt;
  }

  /** All numbers by their keys in a PEFT file, without what all keys begin with there. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    if (prompt != null) {
      all.put(PROMPT, prompt.embeddings().value());
    }
    layers.forEach(
        (layer, adapter) -> {
          adapter
              .parameters()
              .forEach((key, p) -> all.put("model." + layer + "." + key, p.value()));
          all.putAll(adapter.shared());
        });
    return all;
  }

  /** Numbers that learn. */
  long size() {
    long size = prompt == null ? 0 : prompt.embeddings().value().size();
    for (LinearAdapter adapter : layers.values()) {
      for (Parameter p : adapter.parameters().values()) {
        size += p.value().size();
      }
    }
    return size;
  }

  void weightsChanged() {
    layers.values().forEach(LinearAdapter::weightsChanged);
  }

  RankAllocator ranks(String name) {
    if (!(config instanceof AdaLoraConfig c)) {
      throw Check.expected(name, "an AdaLoRA adapter", config);
    }
    RankAllocator held = ranks;
    if (held == null) {
      held = new RankAllocator(c, layers.values());
      ranks = held;
    }
    return held;
  }

  /** The tensors, live, and what the ranks have learned. */
  State state() {
    Map<String, Tensor> all = tensors();
    if (ranks != null) {
      ranks.tensors().forEach((key, t) -> all.put(RANKS + key, t));
    }
    return new State(all, Map.of());
  }

  /** Refuses the state of another adapter. */
  void check(String name, State state) {
    tensors().forEach((key, t) -> state.tensor(key, t.shape()));
    Map<String, Tensor> learned = state.part(RANKS).tensors();
    if (!learned.isEmpty()) {
      ranks(name).check(learned);
    }
  }

  /** Goes on from {@link #state}, which was checked. */
  void load(State state) {
    tensors().forEach((key, t) -> t.copyFrom(state.tensor(key, t.shape())));
    Map<String, Tensor> learned = state.part(RANKS).tensors();
    if (ranks != null && !learned.isEmpty()) {
      ranks.load(learned);
    } else {
      ranks = null;
    }
    weightsChanged();
  }
}
