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

class ExpTest {
  private static final double RELATIVE = 2.5e-7;

  @BeforeAll
  static void vectorsAreThere() {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
  }

  @Test
  void base2IsWithinItsBound() {
    Vectors.compare(Exp.Simd::base2, x -> Math.pow(2, x), -126);
  }

  @Test
  void naturalIsWithinItsBound() {
    Vectors.compare(Exp.Simd::natural, Math::exp, -87.3f);
  }

  @Test
  void edgesAreExact() {
    float[] x = {0, -0f, -1e30f, -3e7f, -1000, Float.NaN};
    float[] expected = {1, 1, 0, 0, 0, Float.NaN};
    for (int i = 0; i < x.length; i++) {
      assertEquals(expected[i], Vectors.apply(Exp.Simd::base2, x[i]), "2^" + x[i]);
      assertEquals(expected[i], Vectors.apply(Exp.Simd::natural, x[i]), "e^" + x[i]);
    }
    assertEquals(0, Vectors.apply(Exp.Simd::natural, Float.NEGATIVE_INFINITY));
    assertEquals(0x1p-126f, Vectors.apply(Exp.Simd::base2, -126));
  }

  /** Nested, so that this test class loads without the incubator module. */
  private static final class Vectors {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    static void compare(
        UnaryOperator<FloatVector> exp, DoubleUnaryOperator reference, float lowest) {
      int steps = 200_003;
      for (int i = 0; i <= steps; i++) {
        float x = lowest * i / steps;
        double expected = reference.applyAsDouble(x);
        double error = Math.abs(apply(exp, x) - expected) / expected;
        assertTrue(error < RELATIVE, "at " + x + ": relative error " + error);
      }
    }

    static float apply(UnaryOperator<FloatVector> exp, float x) {
      return exp.apply(FloatVector.broadcast(F, x)).lane(F.length() - 1);
    }
  }
}
