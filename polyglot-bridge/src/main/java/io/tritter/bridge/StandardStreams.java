package io.tritter.bridge;

/** The process's files 0, 1 and 2, where the JVM offers too little. */
final class StandardStreams {
  static final int IN = 0;
  static final int OUT = 1;
  static final int ERR = 2;

  private static final String PROPERTY = "tritter.stderr";

  private StandardStreams() {}

  /**
   * Makes file 2 the real standard error again, if the launcher replaced it.
   *
   * <p>The JVM announces an incubator module on standard error before any of our code runs, and no
   * flag keeps it from that. The launcher therefore starts it with a filter there, and with the
   * real standard error as another file, whose number the property {@code tritter.stderr} has.
   */
  static void restoreError() {
    Integer original = Integer.getInteger(PROPERTY);
    if (original == null) {
      return;
    }
    System.clearProperty(PROPERTY);
    if (CLibrary.call("dup2", original, ERR) == ERR) {
      CLibrary.call("close", original);
    }
  }

  /** Whether a file is a terminal. */
  static boolean isTerminal(int file) {
    return CLibrary.call("isatty", file) == 1;
  }
}
