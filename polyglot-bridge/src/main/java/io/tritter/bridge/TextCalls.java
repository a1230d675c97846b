package io.tritter.bridge;

import io.tritter.data.Batch;
import io.tritter.data.BatchSampler;
import io.tritter.data.BatchSequence;
import io.tritter.data.TextCorpus;
import io.tritter.train.Baselines;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.graalvm.polyglot.HostAccess;

/** Texts as bytes, and batches of them. */
public final class TextCalls {
  private final Memory memory;
  private final FileAccess files;

  /**
   * A text in two parts.
   *
   * @param heldOut at most as many bytes as were asked for
   */
  @SuppressWarnings("ArrayRecordComponent") // a handle: nothing compares it
  public record Text(byte[] training, byte[] heldOut, int files) {}

  TextCalls(Memory memory, FileAccess files) {
    this.memory = memory;
    this.files = files;
  }

  @HostAccess.Export
  public Text read(String path, String suffix, int limitBytes, int heldOutLimit)
      throws IOException {
    TextCorpus corpus = TextCorpus.read(files.path(path), suffix, limitBytes);
    byte[] heldOut = corpus.heldOut();
    return new Text(
        corpus.training(),
        heldOut.length <= heldOutLimit ? heldOut : Arrays.copyOf(heldOut, heldOutLimit),
        corpus.files());
  }

  @HostAccess.Export
  public int[] sizes(Text text) {
    return new int[] {text.training.length, text.heldOut.length, text.files};
  }

  /** The first bytes of the held-out text, decoded; what is no UTF-8 is replaced. */
  @HostAccess.Export
  public String heldOutText(Text text, int bytes) {
    int count = Math.min(bytes, text.heldOut.length);
    return new String(text.heldOut, 0, count, StandardCharsets.UTF_8);
  }

  @HostAccess.Export
  public BatchSampler sampler(Text text, int batch, int context, long seed) {
    return new BatchSampler(text.training, batch, context, seed);
  }

  /** Writes the next batch to two int32 arrays of batch * context. */
  @HostAccess.Export
  public void next(BatchSampler sampler, long ids, long idCount, long targets, long targetCount) {
    write(sampler.next(), ids, idCount, targets, targetCount);
  }

  @HostAccess.Export
  public BatchSequence heldOut(Text text, int batch, int context) {
    return new BatchSequence(text.heldOut, batch, context);
  }

  @HostAccess.Export
  public int batches(BatchSequence sequence) {
    return sequence.batches();
  }

  /** Writes batch {@code index}; returns how many of its targets count. */
  @HostAccess.Export
  public int get(
      BatchSequence sequence, int index, long ids, long idCount, long targets, long targetCount) {
    Batch batch = sequence.get(index);
    write(batch, ids, idCount, targets, targetCount);
    return batch.predictions();
  }

  /** Bits a byte of simple models and compressors on the held-out text, by name. */
  @HostAccess.Export
  public Baselines baselines(Text text) {
    return Baselines.measure(text.training, text.heldOut);
  }

  @HostAccess.Export
  public String[] baselineNames(Baselines baselines) {
    return baselines.byName().keySet().toArray(String[]::new);
  }

  @HostAccess.Export
  public double[] baselineBits(Baselines baselines) {
    Map<String, Double> all = baselines.byName();
    return all.values().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void write(Batch batch, long ids, long idCount, long targets, long targetCount) {
    copy(batch.ids(), memory.segment("ids", ids, idCount * Integer.BYTES));
    copy(batch.targets(), memory.segment("targets", targets, targetCount * Integer.BYTES));
  }

  private static void copy(int[] from, MemorySegment to) {
    MemorySegment.copy(from, 0, to, ValueLayout.JAVA_INT_UNALIGNED, 0, from.length);
  }
}
