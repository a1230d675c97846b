package io.tritter.bridge;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

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
    if (call("dup2", original, ERR) == ERR) {
      call("close", original);
    }
  }

  /** Whether a file is a terminal. */
  static boolean isTerminal(int file) {
    return call("isatty", file) == 1;
  }

  /** Calls a function of the C library that takes and returns integers. */
  private static int call(String name, int... arguments) {
    MemoryLayout[] parameters = new MemoryLayout[arguments.length];
    Arrays.fill(parameters, ValueLayout.JAVA_INT);
    Linker linker = Linker.nativeLinker();
    MethodHandle function =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow(name),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
    try {
      Object[] boxed = Arrays.stream(arguments).boxed().toArray();
      return (int) function.invokeWithArguments(boxed);
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }
}
