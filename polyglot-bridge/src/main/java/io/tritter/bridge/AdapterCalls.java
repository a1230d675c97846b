package io.tritter.bridge;

import io.tritter.adapter.AdapterConfig;
import io.tritter.adapter.LoraSum;
import io.tritter.adapter.PromptTuningConfig;
import io.tritter.format.GgufType;
import io.tritter.model.Adapters;
import io.tritter.model.PeftConfig;
import io.tritter.model.Quantization;
import io.tritter.model.Transformer;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.graalvm.polyglot.HostAccess;

/** Adapters over a model. Those of one model, and a configuration, are handles. */
public final class AdapterCalls {
  /** A parameter, its gradient and two moments. */
  private static final long BYTES = 4 * Float.BYTES;

  private final Memory memory;
  private final FileAccess files;

  AdapterCalls(Memory memory, FileAccess files) {
    this.memory = memory;
    this.files = files;
  }

  /** No adapters yet. */
  @HostAccess.Export
  public Adapters create(Transformer base) {
    return new Adapters(base);
  }

  /** The model with the adapters; its parameters are those of the active ones. */
  @HostAccess.Export
  public Transformer model(Adapters adapters) {
    return adapters.model();
  }

  /** A configuration of the text of an adapter_config.json. */
  @HostAccess.Export
  public AdapterConfig config(String json) throws IOException {
    return PeftConfig.read("config", json);
  }

  /** A prompt that begins as the rows of drawn or given ids. */
  @HostAccess.Export
  public AdapterConfig prompt(int numVirtualTokens, String init, int[] initIds) {
    return new PromptTuningConfig(
        numVirtualTokens,
        Check.constant("prompt_tuning_init", PromptTuningConfig.Init.class, init),
        Arrays.stream(initIds).boxed().toList());
  }

  /** The text of the adapter_config.json of an adapter. */
  @HostAccess.Export
  public String json(Adapters adapters, String name, String baseModel) {
    return PeftConfig.write(adapters.config(name), baseModel, adapters.base().config());
  }

  /** Adds an adapter, as the only active one. */
  @HostAccess.Export
  public void add(Adapters adapters, String name, AdapterConfig config, long seed) {
    long bytes = BYTES * adapters.mostOf(config);
    memory.keep(
        "adapter",
        bytes,
        () -> {
          adapters.add(name, config, seed);
          return adapters;
        });
  }

  /** The base model that the adapter of a directory names. */
  @HostAccess.Export
  public String baseModel(String directory) throws IOException {
    return Adapters.baseModel(files.path(directory)).toString();
  }

  /** Adds the adapter of a directory, as the only active one. */
  @HostAccess.Export
  public void load(Adapters adapters, String name, String directory) throws IOException {
    adapters.load(name, files.path(directory));
  }

  /** Writes the directory of an adapter. */
  @HostAccess.Export
  public void save(Adapters adapters, String name, String directory, String baseModel)
      throws IOException {
    adapters.save(name, files.path(directory), baseModel);
  }

  /** Writes a LoRA adapter as a GGUF file. */
  @HostAccess.Export
  public void saveGguf(Adapters adapters, String name, String file, String type)
      throws IOException {
    adapters.saveGguf(name, files.path(file), Check.constant("type", GgufType.class, type));
  }

  @HostAccess.Export
  public String[] names(Adapters adapters) {
    return adapters.names().toArray(String[]::new);
  }

  @HostAccess.Export
  public String[] active(Adapters adapters) {
    return adapters.active().keySet().toArray(String[]::new);
  }

  @HostAccess.Export
  public double[] weights(Adapters adapters) {
    return adapters.active().values().stream().mapToDouble(Float::doubleValue).toArray();
  }

  /** Makes these the active ones. */
  @HostAccess.Export
  public void activate(Adapters adapters, String[] names, double[] weights) {
    adapters.activate(weighted(names, weights));
  }

  /** Adds one adapter that computes what several do together. */
  @HostAccess.Export
  public void addWeighted(
      Adapters adapters,
      String name,
      String[] names,
      double[] weights,
      String combination,
      int rank) {
    adapters.addWeighted(
        name,
        weighted(names, weights),
        Check.constant("combination_type", LoraSum.class, combination),
        rank);
  }

  private static Map<String, Float> weighted(String[] names, double[] weights) {
    if (names.length != weights.length) {
      throw Check.expected("weights", names.length + " numbers", weights.length);
    }
    Map<String, Float> weighted = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      weighted.put(names[i], (float) weights[i]);
    }
    return weighted;
  }

  @HostAccess.Export
  public void remove(Adapters adapters, String name) {
    adapters.remove(name);
  }

  /** Whether dropout acts from now on. */
  @HostAccess.Export
  public void training(Adapters adapters, boolean on) {
    adapters.training(on);
  }

  /** AdaLoRA's term of the loss, whose gradients are added to those of the model. */
  @HostAccess.Export
  public double regularize(Adapters adapters, String name) {
    return adapters.rankAllocator(name).regularize();
  }

  /** Learns from the gradients of a step of AdaLoRA; how many singular values may remain. */
  @HostAccess.Export
  public int updateRanks(Adapters adapters, String name, int step) {
    return adapters.rankAllocator(name).update(step);
  }

  @HostAccess.Export
  public void merge(Adapters adapters) {
    adapters.merge();
  }

  @HostAccess.Export
  public void unmerge(Adapters adapters) {
    adapters.unmerge();
  }

  @HostAccess.Export
  public Transformer mergeAndUnload(Adapters adapters) {
    return adapters.mergeAndUnload();
  }

  @HostAccess.Export
  public long trainableCount(Adapters adapters) {
    return adapters.trainableCount();
  }

  /** Numbers of all adapters, those that are not active, too. */
  @HostAccess.Export
  public long adapterCount(Adapters adapters) {
    return adapters.adapterCount();
  }

  /** The same model with its dense matrices in 4 or 8 bits. */
  @HostAccess.Export
  public Transformer quantized(
      Transformer model, String to, int blockSize, boolean doubleQuantized, boolean tables) {
    Quantization.Target target = Check.constant("to", Quantization.Target.class, to);
    return model.quantized(new Quantization(target, blockSize, doubleQuantized), tables);
  }
}
