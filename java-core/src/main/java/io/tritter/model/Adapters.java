package io.tritter.model;

import io.tritter.adapter.AdaptedLinear;
import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.LinearAdapter;
import io.tritter.adapter.LinearAdapterConfig;
import io.tritter.adapter.LoraConfig;
import io.tritter.adapter.LoraSum;
import io.tritter.adapter.PrefixTuningConfig;
import io.tritter.adapter.PromptTuningConfig;
import io.tritter.adapter.RankAllocator;
import io.tritter.adapter.SoftPrompt;
import io.tritter.adapter.SoftPromptConfig;
import io.tritter.adapter.TargetModules;
import io.tritter.format.FormatException;
import io.tritter.format.GgufType;
import io.tritter.nn.EncodedLinear;
import io.tritter.nn.Linear;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/**
 * Adapters over a model that does not learn: added, loaded, weighted, merged and removed by name.
 *
 * {@snippet :
 * Adapters adapters = new Adapters(Transformer.load(directory));
 * adapters.add("default", LoraConfig.of(8, 16, TargetModules.ALL_LINEAR), 1);
 * Transformer model = adapters.model(); // its parameters() are those of the adapter
 * }
 */
public final class Adapters {
  private static final String HEAD = "lm_head";
  private static final String PASSES = "passes";
  private static final String WEIGHT = ".weight";

  private final Transformer base;
  private final Transformer model;
  private final Map<String, AdaptedLinear> layers = new LinkedHashMap<>();
  private final Map<String, NamedAdapter> adapters = new LinkedHashMap<>();
  private final Map<String, Float> weights = new LinkedHashMap<>();

  /** No adapters yet, over a model whose weights are shared and have to stay as they are. */
  public Adapters(Transformer base) {
    this.base = base;
    IdentityHashMap<Linear, AdaptedLinear> adapted = new IdentityHashMap<>();
    base.linears()
        .forEach(
            (weight, linear) -> {
              String name = weight.replaceFirst("\\.weight$", "");
              AdaptedLinear layer = new AdaptedLinear(name, linear);
              layers.put(name, layer);
              adapted.put(linear, layer);
            });
    model =
        base.map(l -> Objects.requireNonNull(adapted.get(l)), new AdaptedLinear(HEAD, base.head()));
  }

  /** The model with the adapters; the same one always. */
  public Transformer model() {
    return model;
  }

  /** The model without them. */
  public Transformer base() {
    return base;
  }

  /**
   * Adds an adapter that changes nothing yet, as the only active one. The same seed, the same bits.
   *
   * @throws IllegalArgumentException for a name that there is, or targets that the model lacks
   */
  public void add(String name, AdapterConfig config, long seed) {
    put(name, create(name, config, seed));
  }

  private NamedAdapter create(String name, AdapterConfig config, long seed) {
    expectNew(name);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    return switch (config) {
      case LinearAdapterConfig c ->
          new NamedAdapter(c, c.create(name, targets(c.targetModules()), random), null);
      case SoftPromptConfig c -> new NamedAdapter(c, Map.of(), prompt(name, c, random));
    };
  }

  private void expectNew(String name) {
    if (name.isEmpty() || name.contains(".") || adapters.containsKey(name)) {
      throw Check.expected("name", "a new name without dots", "'" + name + "'");
    }
  }

  private Map<String, Linear> targets(TargetModules modules) {
    Map<String, Linear> targets = new LinkedHashMap<>();
    layers.forEach(
        (layer, adapted) -> {
          if (modules.matches(layer)) {
            targets.put(layer, adapted.base());
          }
        });
    if (targets.isEmpty()) {
      throw Check.expected(
          "target_modules", "ends of names such as " + layers.keySet().iterator().next(), modules);
    }
    return targets;
  }

  private SoftPrompt prompt(String name, SoftPromptConfig config, RandomGenerator random) {
    TransformerConfig c = base.config();
    Check.inRange("num_virtual_tokens", config.numVirtualTokens(), 1, c.context() - 1);
    return switch (config) {
      case PromptTuningConfig p -> p.create(name, base.embedding().tokens(), random);
      case PrefixTuningConfig p -> p.create(name, c.layers(), c.kvSize(), random);
    };
  }

  private void put(String name, NamedAdapter adapter) {
    adapters.put(name, adapter);
    activate(name);
  }

  /**
   * Adds the adapter of a Hugging Face PEFT directory, as the only active one.
   *
   * @throws FormatException if a file does not hold what it promises, or for another model
   */
  public void load(String name, Path directory) throws IOException {
    PeftDirectory files = PeftDirectory.open(directory);
    NamedAdapter adapter = create(name, files.config(), 0);
    files.copyTo(adapter);
    put(name, adapter);
  }

  /** Whether a directory holds an adapter. */
  public static boolean isDirectory(Path directory) {
    return PeftDirectory.isOne(directory);
  }

  /**
   * The path or name of the model below the adapter of a directory, as it was written there.
   *
   * @throws FormatException if it names none
   */
  public static Path baseModel(Path directory) throws IOException {
    return PeftDirectory.baseModel(directory);
  }

  /**
   * Writes an adapter as a Hugging Face PEFT directory: adapter_config.json and
   * adapter_model.safetensors.
   *
   * @param baseModel path or name of the model below, as others will look for it
   */
  public void save(String name, Path directory, String baseModel) throws IOException {
    PeftDirectory.write(directory, named(name), baseModel, base.config());
  }

  /**
   * Adds an adapter that does what several LoRA adapters do with their weights, as the only active
   * one.
   *
   * @param rank of {@link LoraSum#SVD}; 0 for the largest of the ranks
   * @throws IllegalArgumentException for a name that there is, or other adapters than LoRA
   */
  public void addWeighted(String name, Map<String, Float> weighted, LoraSum how, int rank) {
    expectNew(name);
    List<LoraConfig> configs = new ArrayList<>();
    Map<String, List<AdaptedLinear.Active>> parts = new LinkedHashMap<>();
    weighted.forEach(
        (part, weight) -> {
          Check.finite("weight of " + part, weight);
          if (!(named(part).config() instanceof LoraConfig c)) {
            throw Check.expected(part, "a LoRA adapter", named(part).config());
          }
          configs.add(c);
          named(part)
              .layers()
              .forEach(
                  (layer, a) ->
                      parts
                          .computeIfAbsent(layer, l -> new ArrayList<>())
                          .add(new AdaptedLinear.Active(a, weight)));
        });
    if (configs.isEmpty()) {
      throw Check.expected("adapters", "at least one", 0);
    }
    int r = how.rank(configs, rank);
    Map<String, LinearAdapter> made = new LinkedHashMap<>();
    layers.forEach(
        (layer, adapted) -> {
          List<AdaptedLinear.Active> of = parts.get(layer);
          if (of != null) {
            made.put(layer, how.of(layer, name, adapted.base(), of, r));
          }
        });
    TargetModules targets = new TargetModules(List.copyOf(made.keySet()), null);
    put(name, new NamedAdapter(LoraConfig.of(r, r, targets), made, null));
  }

  /**
   * Writes a LoRA adapter as a GGUF file, which llama.cpp takes beside one of the base model.
   *
   * @param type F32, F16 or BF16
   * @throws IllegalArgumentException for other adapters than LoRA, for magnitudes (DoRA), or a base
   *     model that no GGUF file describes
   */
  public void saveGguf(String name, Path file, GgufType type) throws IOException {
    Map<String, Linear> bases = new LinkedHashMap<>();
    layers.forEach((layer, adapted) -> bases.put(layer, adapted.base()));
    GgufAdapter.write(file, name, named(name), bases, base.config(), type);
  }

  /** Names of all adapters. */
  public List<String> names() {
    return List.copyOf(adapters.keySet());
  }

  /** The active ones with their weights. */
  public Map<String, Float> active() {
    return Collections.unmodifiableMap(weights);
  }

  /** What an adapter was made of. */
  public AdapterConfig config(String name) {
    return named(name).config();
  }

  /** Makes these the active ones, each with weight 1; none gives the base model. */
  public void activate(String... names) {
    Map<String, Float> wanted = new LinkedHashMap<>();
    for (String name : names) {
      wanted.put(name, 1f);
    }
    activate(wanted);
  }

  /**
   * Makes these the active ones, each with a weight; see {@link AdaptedLinear}. At most one of them
   * puts something before the sequences, and has the weight 1.
   */
  public void activate(Map<String, Float> wanted) {
    wanted.forEach(
        (name, weight) -> {
          Check.finite("weight of " + name, weight);
          if (named(name).prompt() != null && weight != 1) {
            throw Check.expected("weight of " + name, "1, as that of all prompts", weight);
          }
        });
    List<SoftPrompt> prompts =
        wanted.keySet().stream().flatMap(n -> Stream.ofNullable(named(n).prompt())).toList();
    if (prompts.size() > 1) {
      throw Check.expected("adapters", "one prompt or prefix at most", wanted.keySet());
    }
    model.prompt(prompts.isEmpty() ? null : prompts.getFirst());
    Map<String, Float> copy = new LinkedHashMap<>(wanted);
    weights.clear();
    weights.putAll(copy);
    layers.forEach(
        (layer, adapted) -> {
          List<AdaptedLinear.Active> active = new ArrayList<>();
          weights.forEach(
              (name, weight) -> {
                LinearAdapter a = named(name).layers().get(layer);
                if (a != null) {
                  active.add(new AdaptedLinear.Active(a, weight));
                }
              });
          adapted.activate(active);
        });
  }

  /**
   * Whether the dropout of the adapters acts from now on, as it does not at first. Each forward
   * pass draws anew, by the number of passes before it.
   */
  public void training(boolean on) {
    layers.values().forEach(l -> l.training(on));
  }

  /** What lowers the ranks of an AdaLoRA adapter in training; the same one always. */
  public RankAllocator rankAllocator(String name) {
    return named(name).ranks(name);
  }

  /** Forgets an adapter. */
  public void remove(String name) {
    named(name);
    Map<String, Float> rest = new LinkedHashMap<>(weights);
    rest.remove(name);
    activate(rest);
    adapters.remove(name);
  }

  /**
   * Computes with one float32 matrix a layer in place of a matrix and its active adapters, until
   * {@link #unmerge} or another activation.
   *
   * @throws IllegalArgumentException for a ternary matrix, or a prompt or prefix, before anything
   *     is merged
   */
  public void merge() {
    expectNoPrompt();
    try {
      layers.values().forEach(AdaptedLinear::merge);
    } catch (IllegalArgumentException e) {
      unmerge();
      throw e;
    }
  }

  /** Goes back from {@link #merge}, to the bit. */
  public void unmerge() {
    layers.values().forEach(AdaptedLinear::unmerge);
  }

  /**
   * A model without adapters that computes the same. Matrices of 4 and 8 bits become float32, the
   * others that no active adapter changes are shared.
   *
   * @throws IllegalArgumentException for a ternary matrix, or a prompt or prefix
   */
  public Transformer mergeAndUnload() {
    expectNoPrompt();
    return model.map(l -> unloaded((AdaptedLinear) l), base.head());
  }

  private void expectNoPrompt() {
    weights.forEach(
        (name, weight) -> {
          if (named(name).prompt() != null) {
            throw Check.expected(name, "an adapter that matrices can hold", named(name).config());
          }
        });
  }

  private static Linear unloaded(AdaptedLinear layer) {
    boolean encoded = layer.base() instanceof EncodedLinear;
    return encoded || !layer.activeAdapters().isEmpty() ? layer.toDense() : layer.base();
  }

  private NamedAdapter named(String name) {
    NamedAdapter adapter = adapters.get(name);
    if (adapter == null) {
      throw Check.expected("name", "one of " + adapters.keySet(), "'" + name + "'");
    }
    return adapter;
  }

  /** Numbers that learn now. */
  public long trainableCount() {
    return model.parameters().stream().mapToLong(p -> p.value().size()).sum();
  }

  /** Numbers of all adapters, active or not. */
  public long adapterCount() {
    return adapters.values().stream().mapToLong(NamedAdapter::size).sum();
  }

  /**
   * At most so many numbers an adapter would hold.
   *
   * @throws IllegalArgumentException for targets that the model lacks
   */
  public long mostOf(AdapterConfig config) {
    TransformerConfig c = base.config();
    return switch (config) {
      case PromptTuningConfig p -> (long) p.numVirtualTokens() * c.hiddenSize();
      case PrefixTuningConfig p -> 2L * p.numVirtualTokens() * c.layers() * c.kvSize();
      case LinearAdapterConfig l ->
          targets(l.targetModules()).values().stream()
              .mapToLong(t -> l.most(t.inFeatures(), t.outFeatures()))
              .sum();
    };
  }

  /**
   * All that the adapters know: their tensors, live, what AdaLoRA's ranks have learned, which are
   * active, and how often dropout has drawn. Configurations and the base model are not part of it.
   */
  public State state() {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put(PASSES, (double) model.passes());
    weights.forEach((name, weight) -> numbers.put(name + WEIGHT, (double) weight));
    State all = new State(Map.of(), numbers);
    for (Map.Entry<String, NamedAdapter> e : adapters.entrySet()) {
      all = all.plus(e.getValue().state().within(e.getKey() + "."));
    }
    return all;
  }

  /**
   * Goes on from a state, over the same model with adapters of the same names that were made as
   * they were: of the same configurations and seeds, or from the same directories.
   *
   * @throws IllegalArgumentException for the state of other adapters, before anything is changed
   */
  public void load(State state) {
    long passes = state.count(PASSES);
    adapters.forEach((name, adapter) -> adapter.check(name, state.part(name + ".")));
    adapters.forEach((name, adapter) -> adapter.load(state.part(name + ".")));
    Map<String, Float> active = new LinkedHashMap<>();
    for (String name : adapters.keySet()) {
      Double weight = state.numbers().get(name + WEIGHT);
      if (weight != null) {
        active.put(name, weight.floatValue());
      }
    }
    activate(active);
    model.passes(passes);
  }
}
