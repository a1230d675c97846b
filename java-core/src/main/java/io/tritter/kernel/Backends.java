package io.tritter.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the backends of this JVM and picks the one in use; looked at once. */
final class Backends {
  static final String PROPERTY = "tritter.kernels";
  static final List<Kernels> AVAILABLE = find();
  static final Kernels ACTIVE = choose(System.getProperty(PROPERTY), AVAILABLE);

  private Backends() {}

  /** Backends of other modules first, then SIMD where the JVM has the incubator module, scalar. */
  private static List<Kernels> find() {
    List<Kernels> found = new ArrayList<>();
    ServiceLoader.load(Kernels.class, Kernels.class.getClassLoader()).forEach(found::add);
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      found.add(new SimdKernels());
    }
    found.add(new ScalarKernels());
    return List.copyOf(found);
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
