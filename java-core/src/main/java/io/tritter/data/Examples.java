package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Rows read in a format and encoded; a row without text is none. */
final class Examples implements DataStream<Example> {
  private final RowFiles rows;
  private final HoldOut holdOut;
  private final RowFormat format;
  private final ExampleEncoder encoder;

  Examples(RowFiles rows, HoldOut holdOut, RowFormat format, ExampleEncoder encoder) {
    this.rows = rows;
    this.holdOut = holdOut;
    this.format = format;
    this.encoder = encoder;
  }

  @Override
  public @Nullable Example next() throws IOException {
    for (Row row = rows.next(); row != null; row = rows.next()) {
      Example example = holdOut.takes(rows.number(row)) ? example(row) : null;
      if (example != null) {
        return example;
      }
    }
    return null;
  }

  private @Nullable Example example(Row row) throws IOException {
    List<TextPart> parts;
    try {
      parts = format.parts(row.fields());
    } catch (IllegalArgumentException e) {
      rows.reject(row, String.valueOf(e.getMessage()));
      return null;
    }
    if (parts.stream().allMatch(part -> part.text().isEmpty())) {
      return null;
    }
    return encoder.encode(parts, row.begins(), row.ends());
  }

  @Override
  public void reset(long epoch) throws IOException {
    rows.reset(epoch);
  }

  @Override
  public OptionalLong lengthHint() throws IOException {
    OptionalLong all = rows.lengthHint();
    return all.isEmpty() ? all : OptionalLong.of(holdOut.part(all.getAsLong()));
  }

  /** That of the rows: nothing is kept between them. */
  @Override
  public ObjectNode state() {
    return rows.state();
  }

  @Override
  public void restore(JsonNode state) throws IOException {
    rows.restore(state);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
