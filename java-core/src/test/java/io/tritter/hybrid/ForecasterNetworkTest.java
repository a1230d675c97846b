package io.tritter.hybrid;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ForecasterNetworkTest {
  private static final int INPUTS = 3;
  private static final int HIDDEN = 5;
  private static final int OUTPUTS = 4;
  private static final int STEPS = 7;

  /** Between two float32 sums of size 1: rounding is 1e-5 of a difference, curvature less. */
  private static final float STEP = 0x1p-7f;

  private static final double TOLERANCE = 5e-4;

  private final SplittableRandom random = new SplittableRandom(7);
  private final Tensor x = normal(STEPS, INPUTS);
  private final Tensor start = normal(HIDDEN);
  private final Tensor dresult = normal(STEPS, OUTPUTS);

  private Tensor normal(int... shape) {
    Tensor tensor = Tensor.zeros(shape);
    for (long i = 0; i < tensor.size(); i++) {
      tensor.set(i, (float) random.nextGaussian());
    }
    return tensor;
  }

  private double loss(ForecasterNetwork network) {
    Tensor result = network.forward(x, start);
    double sum = 0;
    for (long i = 0; i < result.size(); i++) {
      sum += result.get(i) * dresult.get(i);
    }
    return sum;
  }

  @Test
  void gradientsThroughAllStepsAreThoseOfCentralDifferences() {
    // one step more than are used, so that the window is a part of the memory
    ForecasterNetwork network = new ForecasterNetwork(INPUTS, HIDDEN, OUTPUTS, STEPS + 1, 3);
    network.forward(x, start);
    network.backward(x, start, dresult);
    for (Parameter parameter : network.parameters()) {
      Tensor value = parameter.value();
      for (long i = 0; i < value.size(); i++) {
        float at = value.get(i);
        value.set(i, at + STEP);
        double above = loss(network);
        value.set(i, at - STEP);
        double below = loss(network);
        value.set(i, at);
        double expected = (above - below) / (2 * STEP);
        double got = parameter.gradient().get(i);
        assertEquals(
            expected, got, TOLERANCE * Math.max(1, Math.abs(got)), parameter.name() + " " + i);
      }
    }
  }

  @Test
  void gradientsOfASecondCallAreNotAddedToThoseOfTheFirst() {
    ForecasterNetwork network = new ForecasterNetwork(INPUTS, HIDDEN, OUTPUTS, STEPS, 3);
    network.forward(x, start);
    network.backward(x, start, dresult);
    Tensor first = network.parameters().getFirst().gradient().copy();
    network.forward(x, start);
    network.backward(x, start, dresult);
    Tensor second = network.parameters().getFirst().gradient();
    for (long i = 0; i < first.size(); i++) {
      assertEquals(first.get(i), second.get(i));
    }
  }
}
