package io.tritter.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.hybrid.Phase;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AxisTest {
  private static Series series(double... losses) {
    List<StepMetrics> steps =
        IntStream.range(0, losses.length)
            .mapToObj(i -> new StepMetrics(i, Phase.FULL, losses[i], 1, 0, 0, 0, 0, false))
            .toList();
    return Series.of(steps, StepMetrics::loss);
  }

  @Test
  void ticksAreRoundNumbersWithinTheEnds() {
    assertArrayEquals(new double[] {0, 200, 400, 600}, new Axis(0, 600).ticks(4));
    assertArrayEquals(new double[] {1.5, 2, 2.5, 3}, new Axis(1.2, 3.4).ticks(5), 1e-12);
    assertEquals("1.5", new Axis(1.2, 3.4).label(1.5, 5));
    assertEquals("20,000", new Axis(0, 90_000).label(20_000, 5));
    assertEquals("0.0015", new Axis(0, 0.003).label(0.0015, 6));
  }

  @Test
  void thereAreNoMoreTicksThanAskedForAndOne() {
    for (double high : new double[] {1e-7, 0.013, 1, 7, 123, 4.5e9}) {
      for (int most = 1; most < 12; most++) {
        int ticks = new Axis(0, high).ticks(most).length;
        assertTrue(ticks >= 1 && ticks <= most + 1, high + ": " + ticks + " of " + most);
      }
    }
  }

  @Test
  void theLargestOfManyValuesAreCutOffAndTheOthersFit() {
    double[] losses = IntStream.range(0, 200).mapToDouble(i -> i == 0 ? 90 : 2 + i % 5).toArray();
    Axis axis = Axis.of(series(losses), series(1.5, 7));
    assertTrue(axis.low() < 1.5 && axis.low() > 0, axis.toString());
    assertTrue(axis.high() > 7 && axis.high() < 8, axis.toString());
    assertEquals(1, axis.place(90));
  }

  @Test
  void oneValueAndNoneHaveAnAxisToo() {
    assertEquals(0.5, Axis.of(series(3)).place(3), 1e-9);
    assertEquals(0, Axis.of(series(0)).place(0), 1e-9);
    assertEquals(new Axis(0, 1), Axis.of(series()));
    assertEquals(new Axis(0, 1), Axis.of(series(Double.NaN)));
  }

  @Test
  void meansKeepTheMeanAndLeaveShortSeriesAlone() {
    Series long7 = series(1, 2, 3, 4, Double.NaN, 5, 6, 7);
    assertEquals(7, long7.means(7).size());
    Series three = long7.means(3);
    assertArrayEquals(
        new double[] {1.5, 3.5, 6}, IntStream.range(0, 3).mapToDouble(three::value).toArray());
    assertArrayEquals(
        new double[] {0.5, 2.5, 6}, IntStream.range(0, 3).mapToDouble(three::step).toArray());
    assertEquals(7, long7.last());
    assertEquals(4, long7.quantile(0.5));
  }
}
