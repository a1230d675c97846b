package io.tritter.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.LayerKind;
import dev.hardwood.schema.ColumnSchema;
import dev.hardwood.schema.FileSchema;
import io.tritter.tensor.Check;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A field of a row in Parquet: a text, or a list of structs of texts. Other types are not read. */
final class ParquetField {
  /** {@code name.list.element.leaf}: what a list of structs is in a schema. */
  private static final int LIST_DEPTH = 4;

  private final String name;
  private final List<ColumnSchema> leaves;
  private final boolean list;

  /** Of the rows that are decoded now, leaf by leaf. */
  private List<@Nullable String[]> texts = List.of();

  /** Row {@code r} has the elements {@code ends[r]} to {@code ends[r + 1] - 1}. */
  private int[] ends = {};

  private ParquetField(String name, List<ColumnSchema> leaves) {
    this.name = name;
    this.leaves = leaves;
    list = leaves.get(0).maxRepetitionLevel() == 1;
  }

  /**
   * The fields of a file that can be read.
   *
   * @param wanted only these; all if empty
   */
  static List<ParquetField> of(FileSchema schema, Set<String> wanted) {
    Map<String, List<ColumnSchema>> byName = new LinkedHashMap<>();
    for (ColumnSchema column : schema.getColumns()) {
      byName
          .computeIfAbsent(column.fieldPath().topLevelName(), key -> new ArrayList<>())
          .add(column);
    }
    List<ParquetField> fields = new ArrayList<>();
    byName.forEach(
        (name, columns) -> {
          List<ColumnSchema> texts = columns.stream().filter(ParquetField::text).toList();
          // A projection is by top-level names: what is no text is decoded with the others.
          if (!texts.isEmpty() && (wanted.isEmpty() || wanted.contains(name))) {
            fields.add(new ParquetField(name, texts));
          }
        });
    return fields;
  }

  private static boolean text(ColumnSchema column) {
    int depth = column.fieldPath().elements().size();
    return column.type() == PhysicalType.BYTE_ARRAY
        && (column.maxRepetitionLevel() == 0
            ? depth == 1
            : column.maxRepetitionLevel() == 1 && depth == LIST_DEPTH);
  }

  String name() {
    return name;
  }

  /** Takes the rows that the readers have decoded. */
  void read(ColumnReaders columns) {
    List<@Nullable String[]> read = new ArrayList<>();
    for (ColumnSchema leaf : leaves) {
      ColumnReader column = columns.getColumnReader(leaf.fieldPath().toString());
      read.add(texts(column));
      if (list) {
        ends = column.getLayerOffsets(listLayer(column));
        if (ends[column.getRecordCount()] != column.getValueCount()) {
          throw Check.expected(name, "no null in its lists", "one");
        }
      }
    }
    texts = read;
  }

  private static int listLayer(ColumnReader column) {
    int layer = 0;
    while (column.getLayerKind(layer) != LayerKind.REPEATED) {
      layer++;
    }
    return layer;
  }

  private @Nullable String[] texts(ColumnReader column) {
    byte[] bytes = column.getBinaryValues();
    int[] offsets = column.getBinaryOffsets();
    @Nullable String[] read = new String[column.getValueCount()];
    for (int i = 0; i < read.length; i++) {
      if (!column.getLeafValidity().isNull(i)) {
        read[i] = JsonRow.utf8(bytes, offsets[i], offsets[i + 1] - offsets[i]);
      }
    }
    return read;
  }

  /** Adds the value of row {@code r} of those; null where the file has none. */
  void put(ObjectNode row, int r) {
    if (!list) {
      row.put(name, texts.get(0)[r]);
      return;
    }
    ArrayNode elements = row.putArray(name);
    for (int e = ends[r]; e < ends[r + 1]; e++) {
      ObjectNode element = elements.addObject();
      for (int i = 0; i < leaves.size(); i++) {
        element.put(leaves.get(i).fieldPath().leafName(), texts.get(i)[e]);
      }
    }
  }
}
