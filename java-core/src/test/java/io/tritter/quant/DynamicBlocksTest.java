package io.tritter.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DynamicBlocksTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachNumberBecomesTheNearestOfTheMapTimesTheLargestOfItsBlock(boolean signed) {
    float[] map = signed ? DynamicMap.signed() : DynamicMap.unsigned();
    for (int size : new int[] {1, 3, 255, 256, 257, 1021, 4096}) {
      SplittableRandom random = new SplittableRandom(size);
      Tensor numbers = Tensor.zeros(size);
      for (int i = 0; i < size; i++) {
        double exponent = Math.pow(10, random.nextDouble(-9, 3)); // all that the map tells apart
        numbers.set(i, (float) (exponent * (signed && random.nextBoolean() ? -1 : 1)));
      }
      DynamicBlocks blocks = new DynamicBlocks(size, signed);
      blocks.encode(0, numbers);
      Tensor decoded = Tensor.zeros(size);
      blocks.decode(0, decoded);
      for (int from = 0; from < size; from += 256) {
        int to = Math.min(size, from + 256);
        float largest = 0;
        for (int i = from; i < to; i++) {
          largest = Math.max(largest, Math.abs(numbers.get(i)));
        }
        for (int i = from; i < to; i++) {
          float nearest = map[DynamicMap.nearest(map, numbers.get(i) / largest)] * largest;
          assertEquals(nearest, decoded.get(i), size + " at " + i);
        }
      }
      assertEquals((size + 3) / 4 * 4 + 4 * ((size + 255) / 256), blocks.sizeBytes());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void middlesBetweenTwoNumbersBecomeTheLower(boolean signed) {
    float[] map = signed ? DynamicMap.signed() : DynamicMap.unsigned();
    Tensor middles = Tensor.zeros(256);
    for (int i = 0; i < 255; i++) {
      middles.set(i, (map[i] + map[i + 1]) / 2);
    }
    middles.set(255, 1f);
    DynamicBlocks blocks = new DynamicBlocks(256, signed);
    blocks.encode(0, middles);
    Tensor decoded = Tensor.zeros(256);
    blocks.decode(0, decoded);
    for (int i = 0; i < 256; i++) {
      assertEquals(map[DynamicMap.nearest(map, middles.get(i))], decoded.get(i), "middle " + i);
    }
  }

  @Test
  void zerosStayZerosAndPartsAreWholeBlocks() {
    DynamicBlocks blocks = new DynamicBlocks(700, true);
    Tensor part = Tensor.zeros(256);
    blocks.decode(256, part);
    assertArrayEquals(new float[256], part.toArray(), 0f);
    part.set(7, -2f);
    blocks.encode(256, part);
    Tensor all = Tensor.zeros(700);
    blocks.decode(0, all);
    assertEquals(0f, all.get(255), 0f);
    assertEquals(2f * DynamicMap.signed()[0], all.get(256 + 7)); // there is no -1
    assertThrows(IllegalArgumentException.class, () -> blocks.encode(8, part));
    assertThrows(IllegalArgumentException.class, () -> blocks.encode(512, part));
    assertThrows(IllegalArgumentException.class, () -> blocks.encode(0, Tensor.zeros(100)));
  }
}
