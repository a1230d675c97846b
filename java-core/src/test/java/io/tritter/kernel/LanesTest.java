package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LanesTest {
  @BeforeAll
  static void vectorsAreThere() {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
  }

  /** The first calls are interpreted, the last ones compiled. */
  @Test
  void floatsAreAddedInOneOrderFromTheFirstCallToTheLast() {
    Floats.addManyTimes();
  }

  @Test
  void doublesAreAddedInTheOrderOfTheLanes() {
    Doubles.addOnce();
  }

  /** Nested, so that this test class loads without the incubator module. */
  private static final class Floats {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

    static void addManyTimes() {
      float[] values = new float[64 * F.length()];
      Random random = new Random(1);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      for (int round = 0; round < 2000; round++) {
        for (int at = 0; at < values.length; at += F.length()) {
          float expected = halves(values, at);
          assertEquals(expected, Lanes.sum(FloatVector.fromArray(F, values, at)), "round " + round);
        }
      }
    }

    private static float halves(float[] values, int at) {
      float[] sums = Arrays.copyOfRange(values, at, at + F.length());
      for (int half = sums.length / 2; half >= 1; half /= 2) {
        for (int i = 0; i < half; i++) {
          sums[i] += sums[i + half];
        }
      }
      return sums[0];
    }
  }

  private static final class Doubles {
    static void addOnce() {
      VectorSpecies<Double> d = DoubleVector.SPECIES_PREFERRED;
      double[] values = new double[d.length()];
      double expected = 0;
      for (int i = 0; i < values.length; i++) {
        values[i] = 1 / (i + 3.0);
        expected += values[i];
      }
      assertEquals(expected, Lanes.sum(DoubleVector.fromArray(d, values, 0)));
    }
  }
}
