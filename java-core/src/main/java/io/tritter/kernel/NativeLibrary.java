package io.tritter.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The functions of {@code src/main/c/ternary.c}, in the library that the jar carries for this
 * system where the build found a C compiler.
 */
final class NativeLibrary {
  private static final Map<String, String> SYSTEMS = Map.of("Linux", "linux", "Mac OS X", "macos");
  private static final Map<String, String> ARCHITECTURES =
      Map.of("amd64", "x86_64", "x86_64", "x86_64", "aarch64", "aarch64");

  private final SymbolLookup symbols;
  private final MethodHandle isa;
  final MethodHandle layoutBytes;
  final MethodHandle layout;
  final MethodHandle preparedBytes;
  final MethodHandle prepare;
  final MethodHandle scratchBytes;
  final MethodHandle multiply;

  private NativeLibrary(SymbolLookup symbols) {
    this.symbols = symbols;
    MemoryLayout i = JAVA_INT;
    MemoryLayout n = JAVA_LONG;
    MemoryLayout p = ADDRESS;
    isa = function("tritter_isa", FunctionDescriptor.of(p, i));
    layoutBytes = function("tritter_layout_bytes", FunctionDescriptor.of(n, n, n));
    layout = function("tritter_layout", FunctionDescriptor.ofVoid(p, p, n, n, n));
    preparedBytes = function("tritter_prepared_bytes", FunctionDescriptor.of(n, n, n, n));
    prepare = function("tritter_prepare", FunctionDescriptor.ofVoid(i, p, p, n, n, n, n, n));
    scratchBytes = function("tritter_scratch_bytes", FunctionDescriptor.of(n, i, n, n));
    multiply =
        function(
            "tritter_multiply",
            FunctionDescriptor.ofVoid(i, p, p, p, p, JAVA_FLOAT, p, n, n, n, n, n, n, n, n, p));
  }

  private MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
  }

  /** Says why there is no library here. */
  static final class Absent extends Exception {
    private static final long serialVersionUID = 1;

    Absent(String reason) {
      super(reason);
    }
  }

  /** An instruction set that this CPU has, and its number. */
  record Isa(String name, int number) {}

  /** Best first; the last, portable C, is on every CPU. */
  List<Isa> isas() {
    List<Isa> found = new ArrayList<>();
    for (int number = 0; true; number++) {
      MemorySegment name = address(isa, number);
      if (name.address() == 0) {
        continue;
      }
      String text = name.reinterpret(Long.MAX_VALUE).getString(0);
      if (text.isEmpty()) {
        return List.copyOf(found);
      }
      found.add(new Isa(text, number));
    }
  }

  private static MemorySegment address(MethodHandle function, int argument) {
    try {
      return (MemorySegment) function.invokeExact(argument);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** C throws nothing; what a downcall throws is a mistake of its caller. */
  static RuntimeException unexpected(Throwable e) {
    if (e instanceof RuntimeException unchecked) {
      return unchecked;
    }
    if (e instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(e);
  }

  /** The resource that holds the library of this system, beside this class. */
  static String resource() throws Absent {
    String os = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    String system = SYSTEMS.get(os);
    String architecture = ARCHITECTURES.get(arch.toLowerCase(Locale.ROOT));
    if (system == null || architecture == null) {
      throw new Absent("none for " + os + " on " + arch);
    }
    return system + "-" + architecture + "/libtritter.so";
  }

  /** Loads the library through a temporary file, which is gone when this returns. */
  static NativeLibrary load() throws Absent {
    if (!NativeLibrary.class.getModule().isNativeAccessEnabled()) {
      throw new Absent("the JVM was started without --enable-native-access=ALL-UNNAMED");
    }
    String resource = resource();
    try (InputStream library = NativeLibrary.class.getResourceAsStream(resource)) {
      if (library == null) {
        throw new Absent("the build found no C compiler, or one that failed");
      }
      Path file = Files.createTempFile("tritter-", ".so");
      try {
        Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
        return new NativeLibrary(SymbolLookup.libraryLookup(file, Arena.global()));
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      throw new Absent(resource + " could not be loaded: " + e.getMessage());
    }
  }
}
