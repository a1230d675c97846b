package io.tritter.data;

import dev.hardwood.InputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file for hardwood that refuses what lies outside of it. An empty range is refused too: with one
 * begins hardwood's endless loop over a page that claims to pass the end of its column.
 */
final class ParquetInput implements InputFile {
  private final InputFile file;

  ParquetInput(Path path) {
    file = InputFile.of(path);
  }

  @Override
  public ByteBuffer readRange(long offset, int length) throws IOException {
    if (length <= 0 || offset < 0 || length > file.length() - offset) {
      throw new IOException(
          "expected a page inside of its column and file, got %d bytes at %d"
              .formatted(length, offset));
    }
    return file.readRange(offset, length);
  }

  @Override
  public void open() throws IOException {
    file.open();
  }

  @Override
  public long length() throws IOException {
    return file.length();
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
