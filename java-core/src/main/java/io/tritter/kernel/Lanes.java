package io.tritter.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The sum of the lanes of a vector, always in the same order.
 *
 * <p>{@code reduceLanes(ADD)} leaves the order open, and takes another one once C2 has compiled it:
 * the same program would give other bits from one run to the next.
 */
final class Lanes {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(F, 8, 1, true);
  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(F, 4, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(F, 2, 1, true);
  private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(F, 1, 1, true);

  private static final Workspace DOUBLES = new Workspace();

  /** As many bytes as a vector has floats; null where such a vector would be too short. */
  static final @Nullable VectorSpecies<Byte> BYTES =
      F.length() < 8
          ? null
          : VectorSpecies.of(byte.class, VectorShape.forBitSize(F.vectorBitSize() / 4));

  private Lanes() {}

  /** Adds the upper half to the lower one, until one lane is left. */
  static float sum(FloatVector v) {
    FloatVector sum = v;
    for (int half = F.length() / 2; half >= 16; half /= 2) {
      sum = sum.add(sum.rearrange(VectorShuffle.iota(F, half, 1, true)));
    }
    if (F.length() >= 16) {
      sum = sum.add(sum.rearrange(BY_8));
    }
    if (F.length() >= 8) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    if (F.length() >= 4) {
      sum = sum.add(sum.rearrange(BY_2));
    }
    return sum.add(sum.rearrange(BY_1)).lane(0);
  }

  /** For the end of a long loop: through an array, lane by lane. */
  static double sum(DoubleVector v) {
    double[] lanes = DOUBLES.doubles(v.length());
    v.intoArray(lanes, 0);
    double sum = 0;
    for (int i = 0; i < v.length(); i++) {
      sum += lanes[i];
    }
    return sum;
  }
}
