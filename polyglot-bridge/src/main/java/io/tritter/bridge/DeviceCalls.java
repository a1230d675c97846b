package io.tritter.bridge;

import io.tritter.kernel.Kernels;
import java.util.stream.Collectors;
import org.graalvm.polyglot.HostAccess;

/** Which devices there are, and what computes on them. */
public final class DeviceCalls {
  private static final String CPU = "cpu";
  private static final String GPU = "gpu";

  DeviceCalls() {}

  /** Whether a kernel backend for a GPU is on the class path and found its device. */
  @HostAccess.Export
  public boolean cudaAvailable() {
    return Kernels.available().stream().anyMatch(kernels -> kernels.device().equals(GPU));
  }

  /** The kernel backends, best first, for a message. */
  @HostAccess.Export
  public String backends() {
    return Kernels.available().stream().map(Kernels::name).collect(Collectors.joining(", "));
  }

  /** Why other backends refuse to work, to follow {@link #backends} in a message; may be empty. */
  @HostAccess.Export
  public String refusals() {
    return Kernels.refused().entrySet().stream()
        .map(refused -> "; no " + refused.getKey() + ": " + refused.getValue())
        .collect(Collectors.joining());
  }

  /** Computes on the GPU, however small it is, what this thread asks for until {@link #leave}. */
  @HostAccess.Export
  public void enterGpu() {
    Kernels.use(Kernels.on(GPU).always());
  }

  /** Computes on the CPU what this thread asks for until {@link #leave}. */
  @HostAccess.Export
  public void enterCpu() {
    Kernels.use(Kernels.on(CPU));
  }

  /** Computes as usual again. */
  @HostAccess.Export
  public void leave() {
    Kernels.use(null);
  }
}
