package io.tritter.data;

import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a file is made of, by its name. */
enum RowKind {
  JSON_LINES("line", ".jsonl", ".ndjson"),
  JSON("element", ".json", ".json"),
  PARQUET("row", ".parquet", ".parquet"),
  TEXT("part", ".txt", ".txt");

  /** Bytes by which the number of rows of a file is judged. */
  private static final int SAMPLE_BYTES = 1 << 18;

  /** What a place in such a file is called. */
  final String unit;

  private final String suffix;
  private final String otherSuffix;

  RowKind(String unit, String suffix, String otherSuffix) {
    this.unit = unit;
    this.suffix = suffix;
    this.otherSuffix = otherSuffix;
  }

  /** The kind with the suffix of a name, or null. */
  static @Nullable RowKind bySuffix(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    for (RowKind kind : values()) {
      if (name.endsWith(kind.suffix) || name.endsWith(kind.otherSuffix)) {
        return kind;
      }
    }
    return null;
  }

  /** The kind of a file that was named itself: what is none of the others is a text. */
  static RowKind of(Path file) throws IOException {
    RowKind kind = bySuffix(file);
    if (kind == JSON) {
      return JsonArrayRows.is(file) ? JSON : JSON_LINES;
    }
    return kind == null ? TEXT : kind;
  }

  /**
   * The rows of a file.
   *
   * @param columns fields that are used, all if empty; a kind may give others too
   */
  RowReader open(Path file, Place from, Set<String> columns, BadRows bad) throws IOException {
    return switch (this) {
      case JSON_LINES -> new JsonRows(file, from, bad);
      case JSON -> new JsonArrayRows(file, from, bad);
      case PARQUET -> new ParquetRows(file, from, columns);
      case TEXT -> new TextRows(file, from, bad);
    };
  }

  /** About how many rows a file has: those at its beginning stand for all. */
  long estimate(Path file) throws IOException {
    if (this == PARQUET) {
      return ParquetRows.count(file);
    }
    long size = Files.size(file);
    if (this == TEXT) {
      return Math.ceilDiv(size, TextRows.PART_BYTES);
    }
    try (RowReader rows = open(file, Place.START, Set.of(), new BadRows(true, line -> {}))) {
      Place place = rows.place();
      while (place.offset() < SAMPLE_BYTES && rows.next() != null) {
        place = rows.place();
      }
      return place.offset() == 0 ? 0 : Math.round((double) size * place.rows() / place.offset());
    } catch (FormatException e) {
      return 0; // whoever reads it will be told
    }
  }
}
