package io.tritter.data;

/**
 * Where the next row of a file begins.
 *
 * @param offset bytes from the start of the file; 0 where rows have no bytes of their own
 * @param rows number of lines, elements or rows before it
 */
record Place(long offset, long rows) {
  static final Place START = new Place(0, 0);
}
