package io.tritter.bridge;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/** Functions of the C library for which the JDK has no method. */
final class CLibrary {
  private CLibrary() {}

  /** Calls a function that takes and returns integers. */
  static int call(String name, int... arguments) {
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
