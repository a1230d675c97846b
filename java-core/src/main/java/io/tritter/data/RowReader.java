package io.tritter.data;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The rows of one file, from a {@link Place} on. */
interface RowReader extends Closeable {
  /**
   * The next row that is one, or null at the end of the file. Bad ones go to {@link BadRows}.
   *
   * @throws io.tritter.format.FormatException if the file cannot be read on
   */
  @Nullable Row next() throws IOException;

  /** Behind the row that was given last. */
  Place place();
}
