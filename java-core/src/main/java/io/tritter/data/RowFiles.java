package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.FormatException;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of files, one file behind the other. */
final class RowFiles implements DataStream<Row> {
  private static final String KIND = "files";

  private final List<Path> files;
  private final List<RowKind> kinds;
  private final long[] sizes;
  private final Set<String> columns;
  private final BadRows bad;
  private int index;
  private Place place = Place.START;

  /** Rows of the files before this one. */
  private long earlier;

  private @Nullable RowReader reader;
  private OptionalLong hint = OptionalLong.empty();

  /**
   * At the first row.
   *
   * @param columns fields that are used; all if empty
   */
  RowFiles(List<Path> files, Set<String> columns, BadRows bad) throws IOException {
    this.files = files;
    this.columns = columns;
    this.bad = bad;
    RowKind[] kinds = new RowKind[files.size()];
    sizes = new long[kinds.length];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = RowKind.of(files.get(i));
      sizes[i] = Files.size(files.get(i));
    }
    this.kinds = List.of(kinds);
  }

  @Override
  public @Nullable Row next() throws IOException {
    while (index < files.size()) {
      if (reader == null) {
        reader = kinds.get(index).open(files.get(index), place, columns, bad);
      }
      Row row = reader.next();
      place = reader.place();
      if (row != null) {
        return row;
      }
      long rows = earlier + place.rows();
      go(index + 1, Place.START);
      earlier = rows;
    }
    return null;
  }

  /** The number of the row that was given last, from 0 on, among those of all files. */
  long number(Row row) {
    return earlier + row.at().rows();
  }

  /**
   * Says that the row that was given last cannot be used.
   *
   * @throws FormatException if bad rows are errors
   */
  void reject(Row row, String message) throws FormatException {
    bad.add(files.get(index).toString(), kinds.get(index).unit, row.at(), message);
  }

  private void go(int index, Place place) throws IOException {
    RowReader open = reader;
    reader = null;
    this.index = index;
    this.place = place;
    if (open != null) {
      open.close();
    }
  }

  /** The same rows in every epoch. */
  @Override
  public void reset(long epoch) throws IOException {
    go(0, Place.START);
    earlier = 0;
  }

  /** Exact for Parquet; the first file stands for all of its kind otherwise. */
  @Override
  public OptionalLong lengthHint() throws IOException {
    if (hint.isEmpty()) {
      double rows = 0;
      for (int i = 0; i < files.size(); i++) {
        int first = kinds.indexOf(kinds.get(i));
        int measured = kinds.get(i) == RowKind.PARQUET ? i : first;
        double part = (double) sizes[i] / Math.max(1, sizes[measured]);
        rows += part * kinds.get(i).estimate(files.get(measured));
      }
      hint = OptionalLong.of(Math.round(rows));
    }
    return hint;
  }

  /** With the name and size of the file, by which another one is noticed. */
  @Override
  public ObjectNode state() {
    ObjectNode state =
        StreamState.of(KIND)
            .put("file", index)
            .put("offset", place.offset())
            .put("rows", place.rows())
            .put("earlier", earlier)
            .put("left_out", bad.count());
    if (index < files.size()) {
      state.put("name", name(index)).put("size", sizes[index]);
    }
    return state;
  }

  @Override
  public void restore(JsonNode state) throws IOException {
    StreamState.check(state, KIND);
    long file = StreamState.number(state, "file");
    Place saved = new Place(StreamState.number(state, "offset"), StreamState.number(state, "rows"));
    if (file > files.size()) {
      throw Check.expected("state.file", "one of " + files.size() + " files", file);
    }
    int at = (int) file;
    if (at < files.size()) {
      String name = state.path("name").asText("");
      long size = StreamState.number(state, "size");
      if (!name.equals(name(at)) || size != sizes[at]) {
        throw new FormatException(
            files.get(at).toString(),
            saved.offset(),
            "expected %s of %d bytes as when the place was saved, got %s of %d"
                .formatted(name, size, name(at), sizes[at]));
      }
    }
    long rows = StreamState.number(state, "earlier");
    bad.restore(StreamState.number(state, "left_out"));
    go(at, saved);
    earlier = rows;
  }

  private String name(int file) {
    return String.valueOf(files.get(file).getFileName());
  }

  @Override
  public void close() throws IOException {
    go(index, place);
  }
}
