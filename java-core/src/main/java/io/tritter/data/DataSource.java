package io.tritter.data;

import io.tritter.tensor.Check;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files, and how their rows are read.
 *
 * @param path a file, a folder, or a pattern such as {@code data/**}{@code /*.jsonl}
 * @param format one of {@link RowFormat#NAMES}
 * @param fields names of fields that are not the usual ones; see {@link RowFormat#named}
 * @param template null for the usual one of the format
 * @param learnPrompts whether the loss counts prompts too
 * @param weight how often examples are drawn from it, against the weights of the other sources
 */
public record DataSource(
    String path,
    String format,
    Map<String, String> fields,
    @Nullable ChatTemplate template,
    boolean learnPrompts,
    double weight) {
  public DataSource {
    fields = Map.copyOf(fields);
    Check.positive("weight", weight);
    RowFormat.named(format, fields, template, learnPrompts);
  }

  /** Texts, with the weight 1. */
  public static DataSource text(String path) {
    return new DataSource(path, "text", Map.of(), null, false, 1);
  }

  /** The same files, read in another format. */
  public DataSource withFormat(String format) {
    return new DataSource(path, format, fields, template, learnPrompts, weight);
  }

  /** The examples, from the first on. */
  DataStream<Example> open(HoldOut holdOut, ExampleEncoder encoder, BadRows bad)
      throws IOException {
    RowFormat rows = RowFormat.named(format, fields, template, learnPrompts);
    return new Examples(
        new RowFiles(DataFiles.find(path), rows.columns(), bad), holdOut, rows, encoder);
  }
}
