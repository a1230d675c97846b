package io.tritter.tornado;

import io.tritter.kernel.AdamWStep;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** {@link Kernels#adamW}, a thread an element; what is the same for all is computed in float64. */
final class AdamW {
  static final int THREADS = 256;

  private AdamW() {}

  static void onDevice(KernelContext c, FloatArray f, IntArray i, IntArray n, FloatArray s) {
    if (c.globalIdx < n.get(4)) {
      int first = n.get(2) + c.globalIdx;
      int second = n.get(3) + c.globalIdx;
      int parameter = n.get(0) + c.globalIdx;
      float g = f.get(n.get(1) + c.globalIdx) * s.get(0);
      float m = f.get(first);
      m = m + Rounded.product(g - m, s.get(1));
      float v =
          Rounded.product(f.get(second), s.get(2))
              + Rounded.product(Rounded.product(g, g), s.get(3));
      float root = TornadoMath.sqrt(v) / s.get(4) + s.get(5);
      f.set(first, m);
      f.set(second, v);
      f.set(
          parameter,
          Rounded.product(f.get(parameter), s.get(6)) - Rounded.product(m, s.get(7)) / root);
    }
  }

  /** Whether the direction is the first moment alone, of all elements; the others are the CPU's. */
  static boolean suits(AdamWStep step) {
    return step.gradientWeight() == 0 && !step.cautious();
  }

  /** An update that {@link #suits}. */
  static Launch launch(
      int parameter,
      int gradient,
      int firstMoment,
      int secondMoment,
      int elements,
      AdamWStep step,
      float gradientScale) {
    if (step.step() < 1) {
      throw new IllegalArgumentException("step: expected at least 1, got " + step.step());
    }
    double correction2 = 1 - Math.pow(step.beta2(), (double) step.step());
    return Launch.each(
        Program.ADAM_W,
        elements,
        Launch.n(parameter, gradient, firstMoment, secondMoment, elements),
        gradientScale,
        (float) (1 - (double) step.beta1()),
        step.beta2(),
        (float) (1 - (double) step.beta2()),
        (float) Math.sqrt(correction2),
        step.epsilon(),
        (float) (1 - (double) step.learningRate() * step.weightDecay()),
        (float) (step.learningRate() * step.momentWeight()));
  }

  static void run(
      Device device,
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      long elements,
      AdamWStep step,
      float gradientScale) {
    Memory.check("parameter", parameter, elements);
    Memory.check("gradient", gradient, elements);
    Memory.check("firstMoment", firstMoment, elements);
    Memory.check("secondMoment", secondMoment, elements);
    try (Scratch mem = device.scratch()) {
      int p = mem.write(parameter, elements);
      int g = mem.write(gradient, elements);
      int m = mem.write(firstMoment, elements);
      int v = mem.write(secondMoment, elements);
      mem.run(launch(p, g, m, v, Math.toIntExact(elements), step, gradientScale));
      mem.read(p, parameter, elements);
      mem.read(m, firstMoment, elements);
      mem.read(v, secondMoment, elements);
    }
  }
}
