package io.tritter.bridge;

import io.tritter.model.MemoryNeed;
import io.tritter.model.Preset;
import io.tritter.model.TransformerConfig;
import org.graalvm.polyglot.HostAccess;

/** Configurations by name. */
public final class PresetCalls {
  @HostAccess.Export
  public String[] names() {
    return Preset.ALL.stream().map(Preset::name).toArray(String[]::new);
  }

  /** Parameters, layers, hiddenSize, heads, context, bytes of training and of inference. */
  @HostAccess.Export
  public long[] numbers(String name, int batch, int length, int interval) {
    TransformerConfig c = Preset.of(name).config();
    int seqLen = length == 0 ? c.context() : length;
    int kept = interval == 0 ? c.layers() : interval;
    return new long[] {
      c.parameterCount(),
      c.layers(),
      c.hiddenSize(),
      c.heads(),
      c.context(),
      MemoryNeed.training(c, batch, seqLen, kept),
      MemoryNeed.inference(c)
    };
  }
}
