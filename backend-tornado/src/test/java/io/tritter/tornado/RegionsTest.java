package io.tritter.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionsTest {
  @Test
  void whatIsFreedCanBeUsedInOnePieceAgain() {
    Regions regions = new Regions(1000);
    int a = regions.allocate(300);
    int b = regions.allocate(300);
    int c = regions.allocate(300);
    assertEquals(-1, regions.allocate(300));
    regions.free(a);
    regions.free(c);
    regions.free(b);
    assertEquals(0, regions.used());
    assertEquals(0, regions.allocate(992));
  }

  @Test
  void partsNeverOverlap() {
    Regions regions = new Regions(1 << 16);
    Random random = new Random(1);
    boolean[] taken = new boolean[1 << 16];
    Deque<int[]> parts = new ArrayDeque<>();
    for (int step = 0; step < 10_000; step++) {
      int size = 1 + random.nextInt(3000);
      int at = random.nextInt(3) == 0 ? -1 : regions.allocate(size);
      if (at < 0) {
        int[] part = parts.poll();
        for (int i = 0; part != null && i < part[1]; i++) {
          taken[part[0] + i] = false;
        }
        if (part != null) {
          regions.free(part[0]);
        }
        continue;
      }
      for (int i = 0; i < size; i++) {
        assertTrue(!taken[at + i], "element " + (at + i) + " is in two parts");
        taken[at + i] = true;
      }
      parts.add(new int[] {at, size});
    }
  }

  @Test
  void onlyTheBeginningOfAPartCanBeFreed() {
    Regions regions = new Regions(1000);
    regions.allocate(300);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> regions.free(32));
    assertEquals("at: expected the first element of a part, got 32", e.getMessage());
  }
}
