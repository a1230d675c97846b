package io.tritter.data;

import io.tritter.format.FormatException;
import java.util.function.Consumer;

/** What happens to a row that cannot be used: it ends the reading, or is left out and counted. */
public final class BadRows {
  /** So many are described; the others only count. */
  private static final int DESCRIBED = 10;

  private final boolean skip;
  private final Consumer<String> report;
  private long count;
  private long described;

  /**
   * A count of 0.
   *
   * @param skip whether they are left out
   * @param report gets a line for each of the first that are left out; called by the thread that
   *     reads
   */
  public BadRows(boolean skip, Consumer<String> report) {
    this.skip = skip;
    this.report = report;
  }

  /** Every bad row is an error. */
  public static BadRows refused() {
    return new BadRows(false, line -> {});
  }

  /** How many were left out, in all epochs. */
  synchronized long count() {
    return count;
  }

  /** Goes on from a count that was saved. */
  synchronized void restore(long count) {
    this.count = count;
  }

  /**
   * Leaves a row out.
   *
   * @param unit what the file is made of: line, element, row, part
   * @throws FormatException if bad rows are not left out
   */
  synchronized void add(String file, String unit, Place at, String message) throws FormatException {
    FormatException fault =
        FormatException.at(file, unit + " " + (at.rows() + 1), at.offset(), message);
    if (!skip) {
      throw fault;
    }
    count++;
    if (described < DESCRIBED) {
      described++;
      report.accept(
          "left out: "
              + fault.getMessage()
              + (described == DESCRIBED ? " (further ones are only counted)" : ""));
    }
  }
}
