package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
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
    if (step.cautious()) {
      rates = rates.masked(n, agreeing(gradient, firstMoment, rates, 0, n));
    }
    part(parameter, gradient, firstMoment, secondMoment, rates, 0, n);
  }

  /** How many elements have a direction, after this step's moments, of their gradient's sign. */
  private static long agreeing(
      MemorySegment gradient, MemorySegment firstMoment, Rates rates, long from, long to) {
    long count = 0;
    for (long i = from; i < to; i++) {
      float g = Native.get(gradient, i) * rates.gradientScale;
      float m = Native.get(firstMoment, i);
      m += (g - m) * rates.firstWeight;
      float direction = m * rates.momentStep + g * rates.gradientStep;
      count += direction * g > 0 ? 1 : 0;
    }
    return count;
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
      float direction = m * rates.momentStep + g * rates.gradientStep;
      float move = direction * g < rates.least ? 0 : direction * rates.maskScale / root;
      float p = Native.get(parameter, i) * rates.decay - move;
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

  /**
   * What is the same for all elements of one update, computed in float64 as PyTorch does.
   *
   * @param momentStep weight of the first moment in the direction, with the learning rate
   * @param gradientStep weight of the gradient in it, with the learning rate
   * @param least product of direction and gradient below which an element stays
   * @param maskScale factor of the elements that move
   */
  private record Rates(
      float gradientScale,
      float firstWeight,
      float secondDecay,
      float secondWeight,
      float rootCorrection,
      float epsilon,
      float decay,
      float momentStep,
      float gradientStep,
      float least,
      float maskScale) {

    static Rates of(AdamWStep step, float gradientScale) {
      if (step.step() < 1) {
        throw new IllegalArgumentException("step: expected at least 1, got " + step.step());
      }
      double correction2 = 1 - Math.pow(step.beta2(), (double) step.step());
      return new Rates(
          gradientScale,
          (float) (1 - (double) step.beta1()),
          step.beta2(),
          (float) (1 - (double) step.beta2()),
          (float) Math.sqrt(correction2),
          step.epsilon(),
          (float) (1 - (double) step.learningRate() * step.weightDecay()),
          (float) (step.learningRate() * step.momentWeight()),
          (float) (step.learningRate() * step.gradientWeight()),
          Float.NEGATIVE_INFINITY,
          1);
    }

    /** The same with only {@code agreeing} of {@code n} elements moving. */
    Rates masked(long n, long agreeing) {
      return new Rates(
          gradientScale,
          firstWeight,
          secondDecay,
          secondWeight,
          rootCorrection,
          epsilon,
          decay,
          momentStep,
          gradientStep,
          Float.MIN_VALUE,
          (float) ((double) n / (agreeing + 1)));
    }
  }

  /** On vectors. */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int PIECE = 1 << 14;
    private static final Workspace COUNTS = new Workspace();

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
      Rates every = Rates.of(step, gradientScale);
      Rates rates =
          step.cautious() ? every.masked(n, agreeing(gradient, firstMoment, every, n)) : every;
      Workers.pieces(
          n,
          PIECE,
          (from, to) -> piece(parameter, gradient, firstMoment, secondMoment, rates, from, to));
    }

    private static long agreeing(
        MemorySegment gradient, MemorySegment firstMoment, Rates rates, long n) {
      int pieces = Math.toIntExact(Math.ceilDiv(n, (long) PIECE));
      long[] counts = COUNTS.longs(pieces);
      Workers.pieces(
          n,
          PIECE,
          (from, to) ->
              counts[(int) (from / PIECE)] = agreeingIn(gradient, firstMoment, rates, from, to));
      long sum = 0;
      for (int i = 0; i < pieces; i++) {
        sum += counts[i];
      }
      return sum;
    }

    private static long agreeingIn(
        MemorySegment gradient, MemorySegment firstMoment, Rates rates, long from, long to) {
      long count = 0;
      int bound = F.loopBound((int) (to - from));
      for (int i = 0; i < bound; i += F.length()) {
        long at = (from + i) << 2;
        FloatVector g = load(gradient, at).mul(rates.gradientScale);
        FloatVector m = load(firstMoment, at);
        m = m.add(g.sub(m).mul(rates.firstWeight));
        FloatVector direction = m.mul(rates.momentStep).add(g.mul(rates.gradientStep));
        count += direction.mul(g).compare(VectorOperators.GT, 0).trueCount();
      }
      return count + AdamW.agreeing(gradient, firstMoment, rates, from + bound, to);
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
        FloatVector direction = m.mul(rates.momentStep).add(g.mul(rates.gradientStep));
        FloatVector move =
            direction
                .mul(rates.maskScale)
                .div(root)
                .blend(0, direction.mul(g).compare(VectorOperators.LT, rates.least));
        FloatVector p = load(parameter, at).mul(rates.decay).sub(move);
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
