package io.tritter.bridge;

import java.util.Objects;
import org.graalvm.polyglot.Engine;

/** Whether Python code gets compiled in this JVM, and if not, why. */
final class PythonRuntime {
  private static final String INTERPRETED = "Interpreted";

  private PythonRuntime() {}

  /** One line for {@code tritter info}. */
  static String describe() {
    try (Engine engine =
        Engine.newBuilder("python")
            .allowExperimentalOptions(true)
            .option("engine.WarnInterpreterOnly", "false")
            .build()) {
      String version = Objects.requireNonNull(engine.getLanguages().get("python")).getVersion();
      String python = "GraalPy, Python " + version;
      String runtime = engine.getImplementationName();
      return runtime.equals(INTERPRETED)
          ? python + ", interpreted: " + reason()
          : python + ", compiled by Graal (" + runtime + ")";
    }
  }

  /** Whether the optimizing runtime can start here, which alone knows the compiler's options. */
  static boolean canCompile() {
    ModuleLayer modules = ModuleLayer.boot();
    return modules.findModule("jdk.internal.vm.ci").isPresent()
        && modules.findModule("jdk.graal.compiler").isPresent();
  }

  private static String reason() {
    ModuleLayer modules = ModuleLayer.boot();
    if (modules.findModule("jdk.internal.vm.ci").isEmpty()) {
      return "this JVM has no JVMCI, or was started without -XX:+EnableJVMCI";
    }
    if (modules.findModule("jdk.graal.compiler").isEmpty()) {
      return "the JVM was started without the compiler on --upgrade-module-path";
    }
    return "the optimizing runtime did not start";
  }
}
