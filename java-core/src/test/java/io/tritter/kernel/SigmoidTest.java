package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SigmoidTest {
  /** The exponential's 2.5e-7 and three roundings. */
  private static final double RELATIVE = 4e-7;

  /** Of tanh, which is the difference of two numbers up to 2. */
  private static final double ABSOLUTE = 3e-7;

  @BeforeAll
  static void vectorsAreThere() {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
  }

  @Test
  void sigmoidIsWithinItsBound() {
    Vectors.compare(Sigmoid.Simd::of, x -> 1 / (1 + Math.exp(-x)), 87, RELATIVE, 0);
  }

  @Test
  void tanhIsWithinItsBound() {
    Vectors.compare(Sigmoid.Simd::tanh, Math::tanh, 20, 0, ABSOLUTE);
    Vectors.compare(Sigmoid.Simd::tanh, Math::tanh, 1, 0, ABSOLUTE);
  }

  @Test
  void edgesAreExact() {
    float[] x = {0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 1000, Float.NaN};
    float[] sigmoid = {0.5f, 0, 1, 1, Float.NaN};
    float[] tanh = {0, -1, 1, 1, Float.NaN};
    for (int i = 0; i < x.length; i++) {
      assertEquals(sigmoid[i], Vectors.apply(Sigmoid.Simd::of, x[i]), "sigmoid " + x[i]);
      assertEquals(tanh[i], Vectors.apply(Sigmoid.Simd::tanh, x[i]), "tanh " + x[i]);
    }
  }

  /** Nested, so that this test class loads without the incubator module. */
  private static final class Vectors {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    static void compare(
        UnaryOperator<FloatVector> f,
        DoubleUnaryOperator reference,
        float largest,
        double relative,
        double absolute) {
      int steps = 200_003;
      for (int i = 0; i <= steps; i++) {
        float x = largest * (2f * i / steps - 1);
        double expected = reference.applyAsDouble(x);
        double error = Math.abs(apply(f, x) - expected);
        assertTrue(
            error <= relative * Math.abs(expected) + absolute, "at " + x + ": error " + error);
      }
    }

    static float apply(UnaryOperator<FloatVector> f, float x) {
      return f.apply(FloatVector.broadcast(F, x)).lane(F.length() - 1);
    }
  }
}
