package io.tritter.benchmarks;

import io.tritter.kernel.Kernels;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the benchmarks have in common: microseconds a call, of one backend.
 *
 * <p>Backends of other modules are measured with {@code -p backend=NAME}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class KernelBenchmark {
  @Param({"scalar", "simd"})
  public String backend;

  /** The backend under test, which is also the one in use in this JVM. */
  Kernels kernels;

  /**
   * Puts the backend to use, for what asks for {@link Kernels#active} too, then allocates: JMH has
   * no order for two methods of a hierarchy.
   */
  @Setup
  public final void prepare() {
    System.setProperty("tritter.kernels", backend);
    kernels = Kernels.active();
    if (!kernels.name().equals(backend)) {
      throw new IllegalStateException(
          "backend: expected one fork a backend, got %s where %s is in use already"
              .formatted(backend, kernels.name()));
    }
    allocate();
  }

  /** Makes the inputs and outputs for the parameters. */
  abstract void allocate();

  /** The numbers of a shape such as {@code 16x128x64}. */
  static int[] sizes(String shape) {
    return Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
  }
}
