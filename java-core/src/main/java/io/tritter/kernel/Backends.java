package io.tritter.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the backends of this JVM and picks the one in use; looked at once. */
final class Backends {
  static final String PROPERTY = "tritter.kernels";

  /** Why {@code native} is not among them; empty where it is. */
  static final String WITHOUT_NATIVE;

  static final List<Kernels> AVAILABLE;
  static final Kernels ACTIVE;

  static {
    List<Kernels> found = new ArrayList<>();
    WITHOUT_NATIVE = find(found);
    AVAILABLE = List.copyOf(found);
    ACTIVE = choose(System.getProperty(PROPERTY), AVAILABLE);
  }

  private Backends() {}

  /**
   * Backends of other modules first, then native and SIMD where the JVM has the incubator module,
   * scalar. Returns why native is not among them.
   */
  private static String find(List<Kernels> found) {
    ServiceLoader.load(Kernels.class, Kernels.class.getClassLoader()).forEach(found::add);
    String withoutNative = "";
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      try {
        found.add(NativeKernels.load(System.getProperty(NativeKernels.ISA_PROPERTY)));
      } catch (NativeLibrary.Absent e) {
        withoutNative = String.valueOf(e.getMessage());
      }
      found.add(new SimdKernels());
    } else {
      withoutNative = "it needs the Vector API";
    }
    found.add(new ScalarKernels());
    return withoutNative;
  }

  static Kernels choose(@org.jspecify.annotations.Nullable String name, List<Kernels> available) {
    if (name == null || name.isEmpty()) {
      return available.get(0);
    }
    for (Kernels kernels : available) {
      if (kernels.name().equals(name)) {
        return kernels;
      }
    }
    throw new IllegalArgumentException(
        PROPERTY
            + "="
            + name
            + " is not available; have "
            + available.stream().map(Kernels::name).toList());
  }
}
