package io.tritter.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tritter.kernel.Kernels;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Whether each benchmark still runs, at each shape; the figures of one call mean nothing. */
class BenchmarksTest {
  /** What backends are asked, rather than told to compute. */
  private static final Set<String> QUESTIONS =
      Set.of(
          "name",
          "description",
          "device",
          "always",
          "ternaryLayoutBytes",
          "ternaryMatmulPays",
          "sparseFrom");

  @Test
  void eachRunsOnTheBackendInUseAndEachOperationOfTheKernelsHasOneOfItsName()
      throws RunnerException {
    Set<String> missing =
        Arrays.stream(Kernels.class.getMethods())
            .filter(m -> !Modifier.isStatic(m.getModifiers()))
            .map(Method::getName)
            .filter(name -> !QUESTIONS.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    missing.removeAll(run());
    assertEquals(Set.of(), missing);
  }

  /** The names of the methods that ran. */
  private static Set<String> run() throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include("io.tritter")
                .param("backend", Kernels.active().name())
                .param("n", "4096")
                .param("dim", "10000")
                .param("batch", "1")
                .param("activation", "SILU")
                .param("interleaved", "false")
                .mode(Mode.SingleShotTime)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(1))
                .shouldFailOnError(true)
                .shouldDoGC(false)
                .verbosity(VerboseMode.SILENT)
                .build())
        .run().stream()
            .map(result -> result.getParams().getBenchmark())
            .map(name -> name.substring(name.lastIndexOf('.') + 1))
            .collect(Collectors.toSet());
  }
}
