package io.tritter.bridge;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Undoes the launcher's redirection of standard error.
 *
 * <p>The JVM announces an incubator module on standard error before any of our code runs, and no
 * flag keeps it from that. The launcher therefore starts it with a filter there, and with the real
 * standard error as another file, whose number the property {@code tritter.stderr} has.
 */
final class StandardError {
  private static final String PROPERTY = "tritter.stderr";
  private static final int STDERR = 2;

  private StandardError() {}

  /** Makes file 2 the real standard error again, if the launcher replaced it. */
  static void restore() {
    Integer original = Integer.getInteger(PROPERTY);
    if (original == null) {
      return;
    }
    System.clearProperty(PROPERTY);
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor oneFile = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    FunctionDescriptor twoFiles = oneFile.appendArgumentLayouts(ValueLayout.JAVA_INT);
    MethodHandle dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"), twoFiles);
    MethodHandle close =
        linker.downcallHandle(linker.defaultLookup().findOrThrow("close"), oneFile);
    try {
      if ((int) dup2.invokeExact((int) original, STDERR) == STDERR) {
        int ignored = (int) close.invokeExact((int) original);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
