package io.tritter.bridge;

import io.tritter.kernel.Kernels;
import java.util.stream.Collectors;
import org.graalvm.polyglot.HostAccess;

/** Which devices there are. */
public final class DeviceCalls {
  private static final String CUDA = "cuda";

  DeviceCalls() {}

  /** Whether a kernel backend for CUDA is on the class path and found its device. */
  @HostAccess.Export
  public boolean cudaAvailable() {
    return Kernels.available().stream().anyMatch(kernels -> kernels.name().equals(CUDA));
  }

  /** The kernel backends, best first, for a message. */
  @HostAccess.Export
  public String backends() {
    return Kernels.available().stream().map(Kernels::name).collect(Collectors.joining(", "));
  }
}
