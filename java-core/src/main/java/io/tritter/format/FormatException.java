package io.tritter.format;

import java.io.IOException;

/** A file does not hold what its format promises: {@code source, place: what is wrong}. */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1;

  private final String source;
  private final long offset;

  /**
   * Says what is wrong and where.
   *
   * @param source the file, as the caller named it
   * @param offset bytes from its start to the place
   * @param message what was expected there, and what was found
   */
  public FormatException(String source, long offset, String message) {
    this(source, "byte " + offset, offset, message);
  }

  private FormatException(String source, String place, long offset, String message) {
    super(source + ", " + place + ": " + message);
    this.source = source;
    this.offset = offset;
  }

  /**
   * Says what is wrong and where, in a file whose places have better names than bytes.
   *
   * @param place such as {@code line 12}
   * @param offset bytes from the start of the file to about there
   */
  public static FormatException at(String source, String place, long offset, String message) {
    return new FormatException(source, place, offset, message);
  }

  /** The file, as the caller named it. */
  public String source() {
    return source;
  }

  /** Bytes from the start of the file to the place that is wrong. */
  public long offset() {
    return offset;
  }
}
