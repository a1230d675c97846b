package io.tritter.vsa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.ternary.PackedTrits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Item memory, sequences, records. */
class StructuresTest {
  private static final int DIM = 10_000;

  @Test
  void aMemoryNamesTheVectorOfANoisyOne() {
    ItemMemory memory = memory(DIM, 300);
    for (int i = 0; i < 300; i += 37) {
      Hypervector noisy =
          Hypervector.bundle(
              List.of(memory.get("item " + i), Hypervector.random(DIM, 9001), random(9002)));
      assertEquals("item " + i, memory.nearest(noisy).name());
    }
    assertEquals(1, memory.nearest(memory.get("item 5")).cosine(), 1e-12);
  }

  @Test
  void theBestMatchesComeFirstAndTiesInOrderOfAddition() {
    ItemMemory memory = new ItemMemory(4);
    memory.add("b", vector(1, 0, 0, 0));
    memory.add("opposite", vector(-1, -1, 0, 0));
    memory.add("a", vector(0, 1, 0, 0));
    memory.add("both", vector(1, 1, 0, 0));
    memory.add("zero", vector(0, 0, 0, 0));
    List<String> order =
        memory.nearest(vector(1, 1, 0, 0), 9).stream().map(ItemMemory.Match::name).toList();
    assertEquals(List.of("both", "b", "a", "zero", "opposite"), order);
    assertEquals(2, memory.nearest(vector(1, 1, 0, 0), 2).size());
    memory.remove("both");
    assertEquals("b", memory.nearest(vector(1, 1, 0, 0)).name());
    memory.add("both", vector(1, 1, 0, 0));
    assertEquals(List.of("b", "opposite", "a", "zero", "both"), List.copyOf(memory.names()));
  }

  @Test
  void everyMatchIsTheCosineThatTheVectorsHave() {
    ItemMemory memory = memory(207, 1000);
    Hypervector query = Hypervector.random(207, 77);
    List<ItemMemory.Match> all = memory.nearest(query, 1000);
    assertEquals(1000, all.size());
    double previous = 1;
    for (ItemMemory.Match match : all) {
      assertEquals(memory.get(match.name()).cosine(query), match.cosine());
      assertTrue(match.cosine() <= previous);
      previous = match.cosine();
    }
  }

  @Test
  void aMemoryRefusesWhatItCannotDo() {
    ItemMemory memory = new ItemMemory(4);
    assertMessage(
        "memory: expected at least 1 vector, got 0", () -> memory.nearest(vector(1, 0, 0, 0)));
    memory.add("a", vector(1, 0, 0, 0));
    assertMessage(
        "name: expected one that is not in the memory, got 'a'",
        () -> memory.add("a", vector(0, 1, 0, 0)));
    assertEquals(vector(1, 0, 0, 0), memory.get("a"));
    assertMessage("name: expected one in the memory, got 'b'", () -> memory.get("b"));
    assertMessage("name: expected one in the memory, got 'b'", () -> memory.remove("b"));
    assertMessage(
        "hypervector: expected dimension 4, got 3", () -> memory.add("c", vector(1, 0, 0)));
    assertMessage(
        "hypervector: expected dimension 4, got 3", () -> memory.nearest(vector(1, 0, 0)));
    assertMessage("k: expected at least 1, got 0", () -> memory.nearest(vector(1, 0, 0, 0), 0));
  }

  @ParameterizedTest
  @EnumSource(Binding.class)
  void anNgramIsTheBindOfItsPermutedItems(Binding law) {
    Hypervector a = random(1);
    Hypervector b = random(2);
    Hypervector c = random(3);
    Hypervector ngram = Sequences.ngram(law, List.of(a, b, c));
    assertEquals(law.bind(law.bind(a.permute(2), b.permute(1)), c), ngram);
    assertTrue(Math.abs(ngram.cosine(Sequences.ngram(law, List.of(b, a, c)))) < 0.1);
    assertEquals(a, Sequences.ngram(law, List.of(a)));
    List<Hypervector> text = List.of(a, b, c, a, b);
    Hypervector bigrams = Sequences.ngrams(law, text, 2);
    assertTrue(bigrams.cosine(Sequences.ngram(law, List.of(a, b))) > 0.3);
    assertTrue(Math.abs(bigrams.cosine(Sequences.ngram(law, List.of(b, a)))) < 0.1);
  }

  @Test
  void aSequenceGivesBackItsItems() {
    ItemMemory memory = memory(DIM, 50);
    int[] order = {3, 1, 4, 1, 5, 9, 2, 6};
    List<Hypervector> items = new ArrayList<>();
    for (int i : order) {
      items.add(memory.get("item " + i));
    }
    Hypervector sequence = Sequences.of(items);
    for (int place = 0; place < order.length; place++) {
      assertEquals("item " + order[place], memory.nearest(Sequences.at(sequence, place)).name());
    }
  }

  @ParameterizedTest
  @EnumSource(Binding.class)
  void aRecordGivesBackItsFillers(Binding law) {
    ItemMemory memory = memory(DIM, 50);
    Map<Hypervector, Hypervector> pairs = new LinkedHashMap<>();
    for (int i = 0; i < 5; i++) {
      pairs.put(random(500 + i), memory.get("item " + (7 * i)));
    }
    Hypervector record = Records.of(law, pairs);
    for (int i = 0; i < 5; i++) {
      Hypervector filler = Records.filler(law, record, random(500 + i));
      assertEquals("item " + (7 * i), memory.nearest(filler).name());
    }
  }

  @Test
  void emptyStructuresAreRefused() {
    assertMessage("items: expected at least 1, got 0", () -> Sequences.of(List.of()));
    assertMessage("pairs: expected at least 1, got 0", () -> Records.of(Binding.MODULAR, Map.of()));
    assertMessage(
        "items: expected at least 3, got 1",
        () -> Sequences.ngrams(Binding.MODULAR, List.of(random(1)), 3));
  }

  private static ItemMemory memory(int dim, int count) {
    ItemMemory memory = new ItemMemory(dim);
    for (int i = 0; i < count; i++) {
      memory.add("item " + i, Hypervector.random(dim, i));
    }
    return memory;
  }

  private static Hypervector random(long seed) {
    return Hypervector.random(DIM, 10_000 + seed);
  }

  private static Hypervector vector(int... trits) {
    byte[] bytes = new byte[trits.length];
    for (int i = 0; i < trits.length; i++) {
      bytes[i] = (byte) trits[i];
    }
    return Hypervector.of(PackedTrits.of(bytes));
  }

  private static void assertMessage(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
