package io.tritter.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdamW8bitTest {
  private static final AdamW.Settings USUAL = new AdamW.Settings(0.9, 0.95, 1e-8, 0.1);
  private static final double NO_CLIP = Double.POSITIVE_INFINITY;

  /** Products in another order; parameters are around 1 and move by 0.01 a step. */
  private static final float GOLDEN = 2e-6f;

  /** A code whose number lies within rounding of a middle may become its neighbour. */
  private static final double CODES = 1e-3;

  @Test
  void stepsAreThoseOfBitsandbytes() {
    Golden.Case golden = Golden.load("adamw8bit");
    Parameter p = Parameter.of("p", matrix(golden.get("start").copy()));
    Optimizer optimizer = new AdamW8bit(USUAL).create(List.of(p));
    for (int step = 1; step <= 3; step++) {
      p.gradient().copyFrom(golden.get("gradients").rows(step - 1, step));
      optimizer.step(0.01, NO_CLIP);
      float[] expected = golden.get("parameter." + step).toArray();
      assertArrayEquals(expected, p.value().toArray(), GOLDEN, "step " + step);
      State state = optimizer.state();
      for (String moment : new String[] {"first", "second"}) {
        String name = moment + "_moment.p";
        int number = moment.equals("first") ? 1 : 2;
        Tensor absmax = golden.get("absmax" + number + "." + step);
        Tensor held = state.tensor(name + ".absmax", absmax.shape());
        for (int i = 0; i < absmax.size(); i++) {
          assertEquals(absmax.get(i), held.get(i), 1e-6f * absmax.get(i), name + " block " + i);
        }
        Tensor codes = golden.get("codes" + number + "." + step);
        Tensor bytes = state.tensor(name + ".codes", 4200 / 4);
        int other = 0;
        for (int i = 0; i < codes.size(); i++) {
          int code = Byte.toUnsignedInt(bytes.data().get(ValueLayout.JAVA_BYTE, i));
          other += code == codes.get(i) ? 0 : 1;
          assertEquals(codes.get(i), code, 1f, name + " at " + i);
        }
        assertTrue(other <= CODES * codes.size(), name + ": other codes: " + other);
      }
    }
  }

  private static Tensor matrix(Tensor values) {
    return values.reshape(42, 100); // decays
  }

  @Test
  void smallTensorsAreAdamWToTheBitAndLargeOnesTakeTwoBytesANumber() {
    Parameter[] small = {random("a", 15, 17), random("b", 4095)};
    Parameter[] same = {random("a", 15, 17), random("b", 4095)};
    Optimizer packed = new AdamW8bit(USUAL).create(List.of(small));
    Optimizer plain = USUAL.create(List.of(same));
    for (int i = 0; i < 3; i++) {
      packed.step(0.01, 0.5);
      plain.step(0.01, 0.5);
    }
    for (int i = 0; i < small.length; i++) {
      assertArrayEquals(same[i].value().toArray(), small[i].value().toArray(), 0f);
    }
    Optimizer large = new AdamW8bit(USUAL).create(List.of(random("c", 640, 100)));
    long bytes = 4 * large.state().tensors().values().stream().mapToLong(Tensor::size).sum();
    assertEquals(2 * (64_000 + 4 * 250), bytes);
  }

  @Test
  void aSavedStateGoesOnToTheSameBits() {
    Parameter p = random("p", 207, 163); // more than one piece, and the last block not full
    Optimizer whole = new AdamW8bit(USUAL).create(List.of(p));
    whole.step(0.01, NO_CLIP);
    whole.step(0.01, NO_CLIP);
    State saved = whole.state().copy();
    Parameter q = Parameter.of("p", p.value().copy());
    q.gradient().copyFrom(p.gradient());
    Optimizer resumed = new AdamW8bit(USUAL).create(List.of(q));
    resumed.load(saved);
    whole.step(0.01, NO_CLIP);
    resumed.step(0.01, NO_CLIP);
    assertEquals(3, resumed.steps());
    assertArrayEquals(p.value().toArray(), q.value().toArray(), 0f);
    State other = new State(Map.of(), Map.of("steps", 1.0));
    assertThrows(IllegalArgumentException.class, () -> resumed.load(other));
    assertEquals(3, resumed.steps());
  }

  private static Parameter random(String name, int... shape) {
    Parameter p = Parameter.of(name, Tensor.zeros(shape));
    SplittableRandom random = new SplittableRandom(name.hashCode());
    for (long i = 0; i < p.value().size(); i++) {
      p.value().set(i, (float) random.nextGaussian());
      p.gradient().set(i, (float) random.nextGaussian());
    }
    return p;
  }
}
