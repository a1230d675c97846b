package io.tritter.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tritter.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CascadeSumTest {
  /** Numbers that are rounded differently in every order. */
  private static Tensor numbers(int n) {
    Tensor x = Tensor.zeros(n);
    for (int i = 0; i < n; i++) {
      x.set(i, 1f + (i * 2654435761L % 1000003 & 0xffff) / 65536f);
    }
    return x;
  }

  /** Sums by {@code torch.sum} of version 2.15 on a CPU with AVX-512, one thread. */
  @ParameterizedTest
  @CsvSource({
    "5,6.75927734375",
    "8,10.70477294921875",
    "31,45.27009582519531",
    "64,96.51727294921875",
    "100,148.59483337402344",
    "240,359.21728515625",
    "1000,1494.574951171875",
    "5000,7464.30419921875",
    "70000,104554.4296875",
    "300000,448110.1875"
  })
  void theOrderIsThatOfPyTorch(int n, float sum) {
    assertEquals(sum, CascadeSum.of(numbers(n)), "of " + n);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 7, 8, 9, 63, 65, 1021, 40_003})
  void theSumIsNearThatInFloat64(int n) {
    SplittableRandom random = new SplittableRandom(n);
    Tensor x = Tensor.zeros(n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      x.set(i, (float) random.nextDouble());
      sum += x.get(i);
    }
    // a few roundings a level, four levels of sums
    assertEquals(sum, CascadeSum.of(x), 1e-5 * n + 1e-6);
  }
}
