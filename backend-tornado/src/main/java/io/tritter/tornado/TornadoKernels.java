package io.tritter.tornado;

import io.tritter.kernel.AdamWStep;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Large products, attention and recurrences on the device of TornadoVM, everything else on the CPU.
 * {@link Limits} says what is large.
 */
public final class TornadoKernels
    implements Kernels, CpuEncoded, DeviceDense, DeviceSequence, DeviceTernary {
  private static final String API = "uk.ac.manchester.tornado.api.TornadoExecutionPlan";

  /** Beyond it linearCrossEntropy, which is the CPU's, adds in a visibly different way. */
  private static final int MOST_CLASSES = 1 << 18;

  private final Device device;
  private final Limits limits;

  /**
   * Takes the default device of TornadoVM.
   *
   * @throws IllegalStateException where there is none, or one that computes wrongly; the message
   *     says what
   */
  public TornadoKernels() {
    this(open(), Limits.configured());
  }

  private TornadoKernels(Device device, Limits limits) {
    this.device = device;
    this.limits = limits;
  }

  private static Device open() {
    try {
      // Not initialized: it would start TornadoVM before its properties are set.
      Class.forName(API, false, TornadoKernels.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "the JVM was started without @$TORNADOVM_HOME/tornado-argfile (docs/gpu.md)", e);
    }
    Device device = Device.open();
    Optional<String> fault = SelfTest.run(device);
    if (fault.isPresent()) {
      device.close();
      throw new IllegalStateException(device.name() + " computes wrongly: " + fault.get());
    }
    return device;
  }

  @Override
  public String name() {
    return "tornado";
  }

  @Override
  public String description() {
    return device.name() + ", " + limits + "; otherwise " + cpu().name();
  }

  @Override
  public String device() {
    return "gpu";
  }

  @Override
  public Kernels always() {
    return new TornadoKernels(device, Limits.NONE);
  }

  @Override
  public Kernels cpu() {
    return Kernels.on("cpu");
  }

  @Override
  public Device hardware() {
    return device;
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public double crossEntropy(
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex) {
    if (classes <= MOST_CLASSES && limits.admitElements((long) rows * classes)) {
      try {
        return CrossEntropy.run(device, logits, targets, dlogits, rows, classes, ignoreIndex);
      } catch (OutOfDeviceMemoryException e) {
        // the CPU has room
      }
    }
    return cpu().crossEntropy(logits, targets, dlogits, rows, classes, ignoreIndex);
  }

  @Override
  public double linearCrossEntropy(
      MemorySegment hidden,
      MemorySegment weight,
      MemorySegment targets,
      MemorySegment dhidden,
      MemorySegment dweight,
      int rows,
      int dim,
      int classes,
      int ignoreIndex) {
    return cpu()
        .linearCrossEntropy(
            hidden, weight, targets, dhidden, dweight, rows, dim, classes, ignoreIndex);
  }

  @Override
  public void adamW(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      long n,
      AdamWStep step,
      float gradientScale) {
    if (!AdamW.suits(step)
        || !limits.admitElements(n)
        || !fits(
            () ->
                AdamW.run(
                    device,
                    parameter,
                    gradient,
                    firstMoment,
                    secondMoment,
                    n,
                    step,
                    gradientScale))) {
      cpu().adamW(parameter, gradient, firstMoment, secondMoment, n, step, gradientScale);
    }
  }
}
