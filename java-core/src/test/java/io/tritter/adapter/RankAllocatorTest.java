package io.tritter.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.nn.DenseLinear;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RankAllocatorTest {
  private static final AdaLoraConfig CONFIG =
      new AdaLoraConfig(6, 2, 6, 0, 3, 4, 2, 0.85, 0.85, 0.5, 20, TargetModules.ALL_LINEAR);

  @Test
  void theBudgetFallsByTheCubeOfTheRestOfTheSteps() {
    RankAllocator allocator = new RankAllocator(CONFIG, adapters().values());
    assertEquals(12, allocator.budget(3));
    // 1 - (8 - 3) / 13 = 8 / 13, cubed times 8, and 4
    assertEquals(5, allocator.budget(8));
    assertEquals(4, allocator.budget(16));
    assertEquals(4, allocator.budget(20));
  }

  @Test
  void theValuesThatMatterRemain() {
    Map<String, LinearAdapter> adapters = adapters();
    RankAllocator allocator = new RankAllocator(CONFIG, adapters.values());
    SplittableRandom random = new SplittableRandom(3);
    for (int step = 1; step <= 20; step++) {
      for (LinearAdapter adapter : adapters.values()) {
        AdaLora a = (AdaLora) adapter;
        boolean first = adapter == adapters.values().iterator().next();
        for (int i = 0; i < 6; i++) {
          a.e().value().set(i, 1);
          boolean matters = first ? i < 3 : i == 5;
          a.e().gradient().set(i, (float) random.nextDouble(matters ? 10 : 0.1));
        }
      }
      int budget = allocator.update(step);
      boolean allocated = step > 3 && (step % 2 == 0 || step >= 16);
      if (allocated) {
        assertEquals(budget, allocator.remaining(), "step " + step);
      }
    }
    int layer = 0;
    for (LinearAdapter adapter : adapters.values()) {
      for (int i = 0; i < 6; i++) {
        boolean matters = layer == 0 ? i < 3 : i == 5;
        assertEquals(matters ? 1 : 0, ((AdaLora) adapter).e().value().get(i));
      }
      layer++;
    }
  }

  @Test
  void theRegularizersGradientIsItsSlope() {
    Collection<LinearAdapter> adapters = adapters().values();
    RankAllocator allocator = new RankAllocator(CONFIG, adapters);
    assertTrue(allocator.regularize() > 0);
    Map<Parameter, Tensor> gradients = new LinkedHashMap<>();
    for (LinearAdapter adapter : adapters) {
      adapter.parameters().values().forEach(p -> gradients.put(p, p.gradient().copy()));
    }
    float step = 1f / 128;
    for (Map.Entry<Parameter, Tensor> e : gradients.entrySet()) {
      Tensor values = e.getKey().value();
      for (long i = 0; i < values.size(); i += 5) {
        float value = values.get(i);
        values.set(i, value + step);
        double above = allocator.regularize();
        values.set(i, value - step);
        double below = allocator.regularize();
        values.set(i, value);
        double slope = (above - below) / (2 * step);
        assertEquals(slope, e.getValue().get(i), 1e-3, e.getKey().name());
      }
    }
  }

  @Test
  void anAllocatorNeedsASchedule() {
    AdaLoraConfig without = AdaLoraConfig.of(2, 2, TargetModules.ALL_LINEAR);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new RankAllocator(without, adapters().values()));
    assertEquals("total_step: expected at least 1, got 0", e.getMessage());
  }

  private static Map<String, LinearAdapter> adapters() {
    Map<String, Linear> layers = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    layers.put("one", new DenseLinear(Parameter.of("w", Draw.normal(random, 1, 7, 9))));
    layers.put("two", new DenseLinear(Parameter.of("w", Draw.normal(random, 1, 10, 7))));
    Map<String, LinearAdapter> adapters = CONFIG.create("default", layers, random);
    for (LinearAdapter adapter : adapters.values()) {
      for (Parameter p : adapter.parameters().values()) {
        p.value().axpby(1f, Draw.normal(random, 0.5, p.value().shape()), 1f);
      }
    }
    return adapters;
  }
}
