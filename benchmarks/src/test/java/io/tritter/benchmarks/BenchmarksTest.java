package io.tritter.benchmarks;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tritter.kernel.Kernels;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Whether each benchmark still runs, at each shape; the figures of one call mean nothing. */
class BenchmarksTest {
  @Test
  void eachRunsOnTheBackendInUse() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
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
            .run();
    assertFalse(results.isEmpty());
  }
}
