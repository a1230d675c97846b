package io.tritter.data;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hardwood.HardwoodContext;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowGroupPredicate;
import dev.hardwood.schema.ColumnProjection;
import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The texts and lists of messages of a Parquet file, read by hardwood some rows at a time.
 *
 * <p>Columns and not rows are asked for: its reader of rows holds 16,384 of them several times,
 * which of documents is a gigabyte.
 */
final class ParquetRows implements RowReader {
  /** What the rows that are decoded together should take. */
  private static final long BATCH_BYTES = 1 << 20;

  private static final int MOST_BATCH_ROWS = 4096;

  /** Held, as loggers are collected: it announces at level INFO which instructions it uses. */
  private static final Logger LOG = Logger.getLogger("dev.hardwood");

  static {
    if (LOG.getLevel() == null) {
      LOG.setLevel(Level.WARNING);
    }
  }

  private final String file;
  private final HardwoodContext context;
  private final ParquetFileReader parquet;
  private final ColumnReaders columns;
  private final List<ParquetField> fields;
  private long rows;
  private int inBatch;
  private int batchRows;

  ParquetRows(Path path, Place from, Set<String> wanted) throws IOException {
    file = path.toString();
    context = HardwoodContext.create(1);
    try {
      parquet = open(path, context);
      List<RowGroup> groups = parquet.getFileMetaData().rowGroups();
      fields = ParquetField.of(parquet.getFileSchema(), wanted);
      if (fields.isEmpty()) {
        throw fault("expected a column of texts, got " + parquet.getFileSchema().getColumns());
      }
      String[] names = fields.stream().map(ParquetField::name).toArray(String[]::new);
      var reader =
          parquet
              .buildColumnReaders(ColumnProjection.columns(names))
              .batchSize(batchRows(groups, Set.of(names)));
      int first = groupOf(groups, from.rows());
      if (first > 0) {
        long start = groups.get(first).columns().get(0).chunkStartOffset();
        reader = reader.filter(RowGroupPredicate.byteRange(start, Long.MAX_VALUE));
        rows = groups.subList(0, first).stream().mapToLong(RowGroup::numRows).sum();
      }
      columns = reader.build();
      while (rows < from.rows() && nextBatch()) {
        inBatch = (int) Math.min(batchRows, from.rows() - rows);
        rows += inBatch;
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      context.close();
      throw fault(e);
    } catch (IOException e) {
      context.close();
      throw e;
    }
  }

  /** Number of rows that a file says it has. */
  static long count(Path path) throws IOException {
    try (HardwoodContext context = HardwoodContext.create(1);
        ParquetFileReader parquet = open(path, context)) {
      return parquet.getFileMetaData().numRows();
    }
  }

  private static ParquetFileReader open(Path path, HardwoodContext context) throws IOException {
    try {
      return ParquetFileReader.open(new ParquetInput(path), context);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new FormatException(path.toString(), 0, "expected a Parquet file: " + e.getMessage());
    }
  }

  /** The row group that holds a row; 0 where groups do not lie one behind the other. */
  private static int groupOf(List<RowGroup> groups, long row) {
    long before = 0;
    long offset = -1;
    for (int i = 0; i < groups.size(); i++) {
      long start = groups.get(i).columns().get(0).chunkStartOffset();
      if (start <= offset) {
        return 0;
      }
      offset = start;
      before += groups.get(i).numRows();
      if (row < before) {
        return i;
      }
    }
    return 0;
  }

  private static int batchRows(List<RowGroup> groups, Set<String> names) {
    long rows = 1;
    long bytes = 0;
    for (RowGroup group : groups) {
      rows += group.numRows();
      bytes +=
          group.columns().stream()
              .map(chunk -> chunk.metaData())
              .filter(data -> names.contains(data.pathInSchema().topLevelName()))
              .mapToLong(data -> data.totalUncompressedSize())
              .sum();
    }
    long fitting = BATCH_BYTES / Math.max(1, bytes / rows);
    return Math.clamp(fitting, 1, MOST_BATCH_ROWS);
  }

  @Override
  public @Nullable Row next() throws IOException {
    try {
      if (inBatch == batchRows && !nextBatch()) {
        return null;
      }
      ObjectNode row = JsonNodeFactory.instance.objectNode();
      for (ParquetField field : fields) {
        field.put(row, inBatch);
      }
      inBatch++;
      return Row.whole(row, new Place(0, rows++));
    } catch (RuntimeException | OutOfMemoryError e) { // damage may ask for gigabytes
      throw fault(e);
    }
  }

  private boolean nextBatch() {
    inBatch = 0;
    batchRows = 0;
    if (!columns.nextBatch()) {
      return false;
    }
    batchRows = columns.getRecordCount();
    for (ParquetField field : fields) {
      field.read(columns);
    }
    return true;
  }

  private FormatException fault(Throwable e) {
    return fault("expected Parquet that can be decoded: " + e.getMessage());
  }

  private FormatException fault(String message) {
    return FormatException.at(file, "row " + (rows + 1), 0, message);
  }

  @Override
  public Place place() {
    return new Place(0, rows);
  }

  @Override
  public void close() throws IOException {
    columns.close();
    parquet.close();
    context.close();
  }
}
