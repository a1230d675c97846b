package io.tritter.cli;

import io.tritter.kernel.Kernels;
import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.Workers;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tritter info}: what the machine offers, what is used of it, and why. */
@Command(
    name = "info",
    description = "Show the JDK, the kernels in use and why, threads, memory, devices and Python.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tritter info",
      "  TRITTER_OPTS=-Dtritter.kernels=scalar tritter info   with another kernel backend",
      "  TRITTER_OPTS=-Dtritter.threads=1 tritter info        with another thread count"
    })
final class InfoCommand implements Callable<Integer> {
  private static final String INCUBATOR = "jdk.incubator.vector";
  private static final double GIB = 1L << 30;

  private final Supplier<Map<String, String>> more;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec before it runs the command
  InfoCommand(Supplier<Map<String, String>> more) {
    this.more = more;
  }

  @Override
  public Integer call() {
    Map<String, String> lines = lines();
    lines.putAll(more.get());
    int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach((name, value) -> out.printf("%-" + width + "s  %s%n", name, value));
    out.flush();
    return 0;
  }

  private static Map<String, String> lines() {
    Kernels active = Kernels.active();
    Runtime runtime = Runtime.getRuntime();
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("Tritter", TritterCommand.version());
    lines.put(
        "JDK",
        "%s, %s, %s"
            .formatted(
                Runtime.version(),
                System.getProperty("java.vm.name"),
                System.getProperty("java.home")));
    lines.put(
        "System",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + runtime.availableProcessors()
            + " processors");
    lines.put("Kernels", active.name() + ": " + active.description());
    lines.put("  chosen", reason());
    lines.put(
        "  available",
        Kernels.available().stream().map(Kernels::name).collect(Collectors.joining(", ")));
    if (!Kernels.withoutNative().isEmpty()) {
      lines.put("  no native", Kernels.withoutNative());
    }
    Kernels.refused().forEach((type, reason) -> lines.put("  no " + type, reason));
    lines.put("  ternary", TernaryLevel.rule(active));
    lines.put("Threads", Workers.threads() + " (property " + Workers.PROPERTY + ")");
    lines.put("Memory", "%.1f GiB heap at most; arrays are outside it".formatted(heap(runtime)));
    lines.put(
        "Devices",
        Kernels.available().stream()
            .map(Kernels::device)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", ")));
    return lines;
  }

  private static double heap(Runtime runtime) {
    return runtime.maxMemory() / GIB;
  }

  private static String reason() {
    String forced = System.getProperty("tritter.kernels", "");
    if (!forced.isEmpty()) {
      return "by the property tritter.kernels";
    }
    if (ModuleLayer.boot().findModule(INCUBATOR).isEmpty()) {
      return "no Vector API: the JVM was started without --add-modules " + INCUBATOR;
    }
    return "the fastest here (property tritter.kernels forces another)";
  }
}
