package io.tritter.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What a feed-forward layer does to each element, alone or as the gate of a gated unit (Shazeer,
 * 2020).
 */
public enum Activation {
  /** {@code x sigmoid(x)} (Hendrycks and Gimpel, 2016); its gated unit is SwiGLU. */
  SILU,
  /** {@code x Phi(x)} with the normal distribution function Phi, by erf; gated: GEGLU. */
  GELU,
  /** {@code x sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3))}, the tanh form of GELU in GPT-2. */
  GELU_TANH,
  /** {@code max(0, x)^2} (So et al., 2021). */
  RELU2;

  /** sqrt(2 / pi), twice, because {@code (1 + tanh(u)) / 2 = sigmoid(2u)}. */
  private static final double TANH_SCALE = 2 * Math.sqrt(2 / Math.PI);

  private static final double TANH_CUBE = 0.044715;

  /** Beyond it Phi is 0 or 1 in float32. */
  private static final double LAST = 9;

  float value(float x) {
    return switch (this) {
      case SILU -> x * Sigmoid.of(x);
      case GELU -> (float) (x * distribution(x));
      case GELU_TANH -> (float) (x / (1 + Math.exp(-inner(x))));
      case RELU2 -> Math.max(x, 0f) * Math.max(x, 0f);
    };
  }

  /** The derivative of {@link #value}. */
  float slope(float x) {
    return switch (this) {
      case SILU -> {
        float s = Sigmoid.of(x);
        yield s * (1 + x * (1 - s));
      }
      case GELU -> (float) (distribution(x) + x * density(x));
      case GELU_TANH -> {
        double s = 1 / (1 + Math.exp(-inner(x)));
        yield (float) (s + x * s * (1 - s) * TANH_SCALE * (1 + 3 * TANH_CUBE * x * x));
      }
      case RELU2 -> 2f * Math.max(x, 0f);
    };
  }

  private static double inner(double x) {
    return TANH_SCALE * (x + TANH_CUBE * x * x * x);
  }

  private static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  /** The series of Marsaglia (2004): 1/2 + density(x) (x + x^3/3 + x^5/(3 5) + ...). */
  private static double distribution(double x) {
    if (Math.abs(x) > LAST) {
      return x < 0 ? 0 : 1;
    }
    double term = x;
    double sum = x;
    for (int i = 3; Math.abs(term) > Double.MIN_NORMAL; i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * density(x);
  }

  /**
   * On vectors, from array to array: a block at a time that stays in the first-level cache, so that
   * the loops around it need not be written once for each activation. Arrays are filled up to whole
   * vectors; {@code value} may be {@code x}.
   */
  static final class Simd {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    /** Elements of a block: three arrays of this size leave room in 32 KiB. */
    static final int BLOCK = 1024;

    private static final float SCALE = (float) TANH_SCALE;
    private static final float CUBE = (float) (TANH_SCALE * TANH_CUBE);
    private static final float CUBE_SLOPE = (float) (3 * TANH_SCALE * TANH_CUBE);
    private static final float DENSITY_AT_0 = 0.3989423f;

    // Phi(-x) = exp(-x^2 / 2) t P(t) with t = 1 / (1 + STRETCH x) for x >= 0, the form of Hastings
    // (1955); a minimax polynomial of relative error 8.2e-8.
    private static final float STRETCH = 0.23334524f;
    private static final float[] TAIL = {
      0.093183056f,
      0.091418624f,
      0.10096191f,
      0.022505324f,
      0.2062708f,
      -0.17771947f,
      0.23134412f,
      -0.0679644f
    };

    private Simd() {}

    /** {@code value[i] = f(x[i])}. */
    static void values(Activation f, float[] x, float[] value, int n) {
      switch (f) {
        case SILU -> silu(x, value, n);
        case GELU -> gelu(x, value, n);
        case GELU_TANH -> geluTanh(x, value, n);
        case RELU2 -> relu2(x, value, n);
      }
    }

    /** As {@link #values}, and {@code slope[i] = f'(x[i])}. */
    static void slopes(Activation f, float[] x, float[] value, float[] slope, int n) {
      switch (f) {
        case SILU -> silu(x, value, slope, n);
        case GELU -> gelu(x, value, slope, n);
        case GELU_TANH -> geluTanh(x, value, slope, n);
        case RELU2 -> relu2(x, value, slope, n);
      }
    }

    private static void silu(float[] x, float[] value, int n) {
      for (int i = 0; i < n; i += F.length()) {
        FloatVector v = load(x, i);
        v.mul(Sigmoid.Simd.of(v)).intoArray(value, i);
      }
    }

    private static void silu(float[] x, float[] value, float[] slope, int n) {
      for (int i = 0; i < n; i += F.length()) {
        FloatVector v = load(x, i);
        FloatVector s = Sigmoid.Simd.of(v);
        v.mul(s).intoArray(value, i);
        s.mul(v.mul(s.neg().add(1)).add(1)).intoArray(slope, i);
      }
    }

    private static void gelu(float[] x, float[] value, int n) {
      for (int i = 0; i < n; i += F.length()) {
        FloatVector v = load(x, i);
        v.mul(distribution(v, bell(v))).intoArray(value, i);
      }
    }

    private static void gelu(float[] x, float[] value, float[] slope, int n) {
      for (int i = 0; i < n; i += F.length()) {
        FloatVector v = load(x, i);
        FloatVector bell = bell(v);
        FloatVector phi = distribution(v, bell);
        v.mul(phi).intoArray(value, i);
        v.mul(bell).fma(FloatVector.broadcast(F, DENSITY_AT_0), phi).intoArray(slope, i);
      }
    }

    /** {@code exp(-x^2 / 2)}. */
    private static FloatVector bell(FloatVector x) {
      return Exp.Simd.natural(x.mul(x).mul(-0.5f));
    }

    private static FloatVector distribution(FloatVector x, FloatVector bell) {
      FloatVector one = FloatVector.broadcast(F, 1);
      FloatVector t = one.div(x.abs().fma(FloatVector.broadcast(F, STRETCH), one));
      FloatVector p = FloatVector.broadcast(F, TAIL[7]);
      p = p.fma(t, FloatVector.broadcast(F, TAIL[6]));
      p = p.fma(t, FloatVector.broadcast(F, TAIL[5]));
      p = p.fma(t, FloatVector.broadcast(F, TAIL[4]));
      p = p.fma(t, FloatVector.broadcast(F, TAIL[3]));
      p = p.fma(t, FloatVector.broadcast(F, TAIL[2]));
      p = p.fma(t, FloatVector.broadcast(F, TAIL[1]));
      p = p.fma(t, FloatVector.broadcast(F, TAIL[0]));
      FloatVector tail = p.mul(t).mul(bell);
      return tail.blend(one.sub(tail), x.compare(VectorOperators.GE, 0));
    }

    private static void geluTanh(float[] x, float[] value, int n) {
      for (int i = 0; i < n; i += F.length()) {
        FloatVector v = load(x, i);
        v.mul(Sigmoid.Simd.of(inner(v))).intoArray(value, i);
      }
    }

    private static void geluTanh(float[] x, float[] value, float[] slope, int n) {
      for (int i = 0; i < n; i += F.length()) {
        FloatVector v = load(x, i);
        FloatVector s = Sigmoid.Simd.of(inner(v));
        FloatVector y = v.mul(s);
        FloatVector steep = v.mul(v).mul(CUBE_SLOPE).add(SCALE);
        y.intoArray(value, i);
        y.mul(s.neg().add(1)).fma(steep, s).intoArray(slope, i);
      }
    }

    private static FloatVector inner(FloatVector x) {
      return x.mul(x).mul(CUBE).add(SCALE).mul(x);
    }

    private static void relu2(float[] x, float[] value, int n) {
      for (int i = 0; i < n; i += F.length()) {
        FloatVector r = load(x, i).max(0f);
        r.mul(r).intoArray(value, i);
      }
    }

    private static void relu2(float[] x, float[] value, float[] slope, int n) {
      for (int i = 0; i < n; i += F.length()) {
        FloatVector r = load(x, i).max(0f);
        r.mul(r).intoArray(value, i);
        r.mul(2f).intoArray(slope, i);
      }
    }

    private static FloatVector load(float[] x, int i) {
      return FloatVector.fromArray(F, x, i);
    }
  }
}
