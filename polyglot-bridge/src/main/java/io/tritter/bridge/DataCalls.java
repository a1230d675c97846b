package io.tritter.bridge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.data.Batch;
import io.tritter.data.ChatTemplate;
import io.tritter.data.DataSettings;
import io.tritter.data.DataSource;
import io.tritter.data.DataStream;
import io.tritter.data.HoldOut;
import io.tritter.data.Tokenizer;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.graalvm.polyglot.HostAccess;

/** Batches of files. */
public final class DataCalls {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Memory memory;
  private final FileAccess files;

  /**
   * A stream, and what there is to say of rows that it left out.
   *
   * @param reports filled by the thread that reads
   */
  public record Opened(DataStream<Batch> batches, Queue<String> reports) {}

  DataCalls(Memory memory, FileAccess files) {
    this.memory = memory;
    this.files = files;
  }

  /**
   * Files, with what is not usual about their rows.
   *
   * @param fields pairs: the name in the format, the name in the files
   * @param template empty for the usual one
   */
  @HostAccess.Export
  public DataSource source(
      String path,
      String format,
      String[] fields,
      String template,
      boolean learnPrompts,
      double weight)
      throws IOException {
    Map<String, String> names = new LinkedHashMap<>();
    for (int i = 0; i + 1 < fields.length; i += 2) {
      names.put(fields[i], fields[i + 1]);
    }
    return new DataSource(
        files.pattern(path),
        format,
        names,
        template.isEmpty() ? null : ChatTemplate.named(template),
        learnPrompts,
        weight);
  }

  /**
   * Settings with a first source; {@link #mixed} adds others.
   *
   * @param endId -1 for none, -2 for the tokenizer's
   */
  @HostAccess.Export
  public DataSettings settings(
      DataSource source,
      int batch,
      int context,
      boolean pack,
      int shuffle,
      long seed,
      long epochs,
      int holdOutEvery,
      boolean heldOut,
      boolean skipBadRows,
      int prefetch,
      int endId) {
    return new DataSettings(
        List.of(source),
        batch,
        context,
        pack,
        shuffle,
        seed,
        epochs,
        new HoldOut(holdOutEvery, heldOut),
        skipBadRows,
        prefetch,
        endId < -1 ? OptionalInt.empty() : OptionalInt.of(endId));
  }

  @HostAccess.Export
  public DataSettings mixed(DataSettings settings, DataSource source) {
    return settings.and(source);
  }

  @HostAccess.Export
  public Opened open(DataSettings settings, Tokenizer tokenizer) throws IOException {
    Queue<String> reports = new ConcurrentLinkedQueue<>();
    return new Opened(settings.open(tokenizer, reports::add), reports);
  }

  /** Writes the next batch to two int32 arrays of batch * context; false behind the last. */
  @HostAccess.Export
  public boolean next(Opened opened, long ids, long idCount, long targets, long targetCount)
      throws IOException {
    MemorySegment toIds = memory.segment("ids", ids, idCount * Integer.BYTES);
    MemorySegment toTargets = memory.segment("targets", targets, targetCount * Integer.BYTES);
    Batch batch = opened.batches.next();
    if (batch == null) {
      return false;
    }
    copy(batch.ids(), toIds);
    copy(batch.targets(), toTargets);
    return true;
  }

  private static void copy(int[] from, MemorySegment to) {
    MemorySegment.copy(from, 0, to, ValueLayout.JAVA_INT_UNALIGNED, 0, from.length);
  }

  /** What was said of rows that were left out since the last call. */
  @HostAccess.Export
  public String[] reports(Opened opened) {
    List<String> reports = new ArrayList<>();
    for (String next = opened.reports.poll(); next != null; next = opened.reports.poll()) {
      reports.add(next);
    }
    return reports.toArray(String[]::new);
  }

  @HostAccess.Export
  public void reset(Opened opened, long epoch) throws IOException {
    opened.batches.reset(epoch);
  }

  /** About how many batches there are; -1 if nobody knows. */
  @HostAccess.Export
  public long lengthHint(Opened opened) throws IOException {
    return opened.batches.lengthHint().orElse(-1);
  }

  /** JSON. */
  @HostAccess.Export
  public String state(Opened opened) {
    return opened.batches.state().toString();
  }

  @HostAccess.Export
  public void restore(Opened opened, String state) throws IOException {
    try {
      opened.batches.restore(JSON.readTree(state));
    } catch (JsonProcessingException e) {
      throw Check.expected("state", "JSON", e.getOriginalMessage());
    }
  }

  @HostAccess.Export
  public void close(Opened opened) throws IOException {
    opened.batches.close();
  }
}
