package io.tritter.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the backends of this JVM and picks the one in use; looked at once. */
final class Backends {
  static final String PROPERTY = "tritter.kernels";

  /** Why {@code native} is not among them; empty where it is. */
  static final String WITHOUT_NATIVE;

  /** Backends of other modules that are there and refuse to work, with their reasons. */
  static final Map<String, String> REFUSED;

  static final List<Kernels> AVAILABLE;
  static final Kernels ACTIVE;

  /** What a thread was told to use. */
  static final ThreadLocal<@Nullable Kernels> USED = new ThreadLocal<>();

  static {
    List<Kernels> found = new ArrayList<>();
    REFUSED = Collections.unmodifiableMap(findOthers(found));
    WITHOUT_NATIVE = find(found);
    AVAILABLE = List.copyOf(found);
    ACTIVE = choose(System.getProperty(PROPERTY), AVAILABLE);
  }

  private Backends() {}

  /** Adds the backends of other modules; returns those that could not be made, and why. */
  private static Map<String, String> findOthers(List<Kernels> found) {
    Map<String, String> refused = new LinkedHashMap<>();
    ServiceLoader.load(Kernels.class, Kernels.class.getClassLoader()).stream()
        .forEach(
            provider -> {
              try {
                found.add(provider.get());
              } catch (ServiceConfigurationError | LinkageError e) {
                Throwable reason = e.getCause() == null ? e : e.getCause();
                refused.put(provider.type().getSimpleName(), reason.getMessage());
              }
            });
    return refused;
  }

  /**
   * Adds native and SIMD where the JVM has the incubator module, then scalar. Returns why native is
   * not among them.
   */
  private static String find(List<Kernels> found) {
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

  /** The best of those that compute on a device. */
  static Kernels on(String device, List<Kernels> available) {
    for (Kernels kernels : available) {
      if (kernels.device().equals(device)) {
        return kernels;
      }
    }
    throw absent(
        "device", available.stream().map(Kernels::device).distinct().toList(), device, REFUSED);
  }

  /** The backend of a name, or the best of a device; the first without either. */
  static Kernels choose(@Nullable String name, List<Kernels> available) {
    if (name == null || name.isEmpty()) {
      return available.get(0);
    }
    if (name.equals("gpu")) {
      return on(name, available);
    }
    for (Kernels kernels : available) {
      if (kernels.name().equals(name)) {
        return kernels;
      }
    }
    throw absent(PROPERTY, available.stream().map(Kernels::name).toList(), name, REFUSED);
  }

  /** One line that says what there is, and why other backends refuse to work. */
  static IllegalArgumentException absent(
      String what, List<String> there, String wanted, Map<String, String> refused) {
    StringBuilder line =
        new StringBuilder("%s: expected one of %s, got %s".formatted(what, there, wanted));
    refused.forEach(
        (type, reason) -> line.append("; no ").append(type).append(": ").append(reason));
    return new IllegalArgumentException(line.toString());
  }
}
