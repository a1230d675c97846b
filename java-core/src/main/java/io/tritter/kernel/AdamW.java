package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Kernels#adamW}; both forms round the same way, so they agree bit for bit. */
final class AdamW {
  private AdamW() {}

  static void run(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      long n,
      AdamWStep step,
      float gradientScale) {
    check(parameter, gradient, firstMoment, secondMoment, n);
    Rates rates = Rates.of(step, gradientScale);
    part(parameter, gradient, firstMoment, secondMoment, rates, 0, n);
  }

  private static void part(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      Rates rates,
      long from,
      long to) {
    for (long i = from; i < to; i++) {
      float g = Native.get(gradient, i) * rates.gradientScale;
      float m = Native.get(firstMoment, i);
      m += (g - m) * rates.firstWeight;
      float v = Native.get(secondMoment, i) * rates.secondDecay + g * g * rates.secondWeight;
      float root = (float) Math.sqrt(v) / rates.rootCorrection + rates.epsilon;
      float p = Native.get(parameter, i) * rates.decay - m * rates.stepSize / root;
      Native.set(firstMoment, i, m);
      Native.set(secondMoment, i, v);
      Native.set(parameter, i, p);
    }
  }

  private static void check(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      long n) {
    Native.check("parameter", parameter, n);
    Native.check("gradient", gradient, n);
    Native.check("firstMoment", firstMoment, n);
    Native.check("secondMoment", secondMoment, n);
  }

  /** What is the same for all elements of one update, computed in float64 as PyTorch does. */
  private record Rates(
      float gradientScale,
      float firstWeight,
      float secondDecay,
      float secondWeight,
      float rootCorrection,
      float epsilon,
      float decay,
      float stepSize) {

    static Rates of(AdamWStep step, float gradientScale) {
      if (step.step() < 1) {
        throw new IllegalArgumentException("step: expected at least 1, got " + step.step());
      }
      double correction1 = 1 - Math.pow(step.beta1(), (double) step.step());
      double correction2 = 1 - Math.pow(step.beta2(), (double) step.step());
      return new Rates(
          gradientScale,
          (float) (1 - (double) step.beta1()),
          step.beta2(),
          (float) (1 - (double) step.beta2()),
          (float) Math.sqrt(correction2),
          step.epsilon(),
          (float) (1 - (double) step.learningRate() * step.weightDecay()),
          (float) (step.learningRate() / correction1));
    }
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 14;

    private Simd() {}

    static void run(
        MemorySegment parameter,
        MemorySegment gradient,
        MemorySegment firstMoment,
        MemorySegment secondMoment,
        long n,
        AdamWStep step,
        float gradientScale) {
      check(parameter, gradient, firstMoment, secondMoment, n);
      Rates rates = Rates.of(step, gradientScale);
      Workers.pieces(
          n,
          PIECE,
          (from, to) -> piece(parameter, gradient, firstMoment, secondMoment, rates, from, to));
    }

    private static void piece(
        MemorySegment parameter,
        MemorySegment gradient,
        MemorySegment firstMoment,
        MemorySegment secondMoment,
        Rates rates,
        long from,
        long to) {
      int bound = F.loopBound((int) (to - from));
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        FloatVector g = load(gradient, at).mul(rates.gradientScale);
        FloatVector m = load(firstMoment, at);
        m = m.add(g.sub(m).mul(rates.firstWeight));
        FloatVector v =
            load(secondMoment, at).mul(rates.secondDecay).add(g.mul(g).mul(rates.secondWeight));
        FloatVector root = v.sqrt().div(rates.rootCorrection).add(rates.epsilon);
        FloatVector p = load(parameter, at).mul(rates.decay).sub(m.mul(rates.stepSize).div(root));
        m.intoMemorySegment(firstMoment, at, Native.ORDER);
        v.intoMemorySegment(secondMoment, at, Native.ORDER);
        p.intoMemorySegment(parameter, at, Native.ORDER);
      }
      part(parameter, gradient, firstMoment, secondMoment, rates, from + bound, to);
    }

    private static FloatVector load(MemorySegment s, long at) {
      return FloatVector.fromMemorySegment(F, s, at, Native.ORDER);
    }
  }
}
