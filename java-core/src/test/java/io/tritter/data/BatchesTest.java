package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Examples in batches, in mixtures and in another order. */
class BatchesTest {
  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "3,1", "2,8", "4,17", "3,64", "5,1000"})
  void packedBatchesAreTheTextOfAllExamples(int size, int context) throws IOException {
    int examples = 40;
    List<Integer> ids = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < examples; i++) {
      Example example = Counting.example(i);
      Arrays.stream(example.ids).forEach(ids::add);
      Arrays.stream(example.labels).forEach(labels::add);
    }
    int inputs = ids.size() - 1; // the last id is a target only
    int at = 0;
    try (Packing packing = new Packing(new Counting(examples), size, context)) {
      for (Batch batch = packing.next(); batch != null; batch = packing.next()) {
        assertEquals(size, batch.size());
        assertEquals(size * context, batch.ids().length);
        while (blank(labels, at, size * context, inputs)) {
          at += size * context; // a batch without a target that counts is left out
        }
        for (int i = 0; i < size * context; i++, at++) {
          assertEquals(at < inputs ? ids.get(at) : 0, batch.ids()[i], "id " + at);
          int target = at < inputs ? labels.get(at + 1) : Batch.IGNORE;
          assertEquals(target, batch.targets()[i], "target " + at);
        }
      }
    }
    while (at < inputs && blank(labels, at, size * context, inputs)) {
      at += size * context;
    }
    assertTrue(at >= inputs, at + " of " + inputs);
  }

  private static boolean blank(List<Integer> labels, int at, int count, int inputs) {
    return at < inputs
        && labels.subList(at + 1, Math.min(at + count, inputs) + 1).stream()
            .allMatch(label -> label == Batch.IGNORE);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "3,2", "2,4", "4,17"})
  void paddedSequencesAreOneExampleEach(int size, int context) throws IOException {
    List<Example> wanted = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Example example = Counting.example(i);
      int count = Math.min(example.length() - 1, context);
      if (Arrays.stream(example.labels).skip(1).limit(count).anyMatch(x -> x != Batch.IGNORE)) {
        wanted.add(example);
      }
    }
    int seen = 0;
    try (Grouping padding = new Grouping(new Padding(new Counting(40), context), size, context)) {
      for (Batch batch = padding.next(); batch != null; batch = padding.next()) {
        for (int b = 0; b < size; b++) {
          boolean there = seen < wanted.size();
          Example example = there ? wanted.get(seen++) : new Example(new int[1], new int[1]);
          for (int t = 0; t < context; t++) {
            boolean inside = t + 1 < example.length();
            assertEquals(inside ? example.ids[t] : 0, batch.ids()[b * context + t]);
            int target = inside ? example.labels[t + 1] : Batch.IGNORE;
            assertEquals(target, batch.targets()[b * context + t]);
          }
        }
      }
    }
    assertEquals(wanted.size(), seen);
  }

  @Test
  void aShuffleGivesEachElementOnceAndOrdersEpochsDifferently() throws IOException {
    try (Shuffle<Example> shuffle = new Shuffle<>(new Counting(50), 8, 1)) {
      List<Integer> first = firstIds(shuffle);
      shuffle.reset(1);
      List<Integer> second = firstIds(shuffle);
      List<Integer> sorted = first.stream().sorted().toList();
      assertEquals(firstIds(new Counting(50)), sorted);
      assertEquals(sorted, second.stream().sorted().toList());
      assertTrue(!first.equals(sorted) && !first.equals(second), "order of " + first);
    }
  }

  @Test
  void everyOrderOfABlockComesUp() {
    Set<String> orders = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      orders.add(Arrays.toString(new Draws(seed, 0).order(4, 0)));
    }
    assertEquals(24, orders.size());
  }

  @Test
  void aMixtureDrawsByWeightsUntilAllHaveEnded() throws IOException {
    int[] counts = {3000, 1000, 100};
    List<DataStream<Example>> sources = new ArrayList<>();
    for (int count : counts) {
      sources.add(new Counting(count));
    }
    try (Mixture<Example> mixture = new Mixture<>(sources, new double[] {3, 1, 0.5}, 1)) {
      assertEquals(OptionalLong.of(4100), mixture.lengthHint());
      for (int i = 0; i < 800; i++) {
        mixture.next();
      }
      // Of 900 in expectation 533, 178 and 89; four standard deviations are 53.
      long first = StreamState.number(mixture.state().path("sources").get(0), "next");
      assertTrue(Math.abs(first - 800 * 3 / 4.5) < 54, first + " of the first");
      assertEquals(3300, firstIds(mixture).size());
    }
  }

  @Test
  void arrangementsThatCannotWorkAreRefused() {
    Counting source = new Counting(1);
    assertThrows(IllegalArgumentException.class, () -> new Mixture<>(List.of(), new double[0], 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Mixture<>(List.of(source), new double[2], 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Mixture<>(List.of(source), new double[] {0}, 1));
    assertThrows(IllegalArgumentException.class, () -> new Shuffle<>(source, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Repeat<>(source, -1));
    assertThrows(IllegalArgumentException.class, () -> new Packing(source, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Prefetch<>(source, 0));
  }

  @Test
  void repeatingNothingIsAnErrorAndNotAnEndlessLoop() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new Repeat<>(new Counting(0), 0).next());
    assertEquals("data: expected at least one example, got none", e.getMessage());
  }

  @Test
  void heldOutRowsAreThoseThatTrainingLeavesOut() {
    for (int every : new int[] {2, 3, 10}) {
      HoldOut training = new HoldOut(every, false);
      HoldOut held = new HoldOut(every, true);
      long kept = 0;
      for (int row = 0; row < 37; row++) {
        assertTrue(training.takes(row) != held.takes(row), "row " + row);
        kept += training.takes(row) ? 1 : 0;
      }
      assertEquals(kept, training.part(37));
      assertEquals(37 - kept, held.part(37));
    }
    assertThrows(IllegalArgumentException.class, () -> new HoldOut(1, false));
    assertThrows(IllegalArgumentException.class, () -> new HoldOut(0, true));
  }

  private static List<Integer> firstIds(DataStream<Example> stream) throws IOException {
    List<Integer> ids = new ArrayList<>();
    for (Example next = stream.next(); next != null; next = stream.next()) {
      ids.add(next.ids[0]);
    }
    return ids;
  }
}
