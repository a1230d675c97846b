package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.Golden;
import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From every place of a stream, a fresh one goes on with exactly what would have come. */
class ResumeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path dir;

  /** Makes the same stream again and again. */
  interface Maker {
    DataStream<?> make() throws IOException;
  }

  static Stream<Maker> stages() {
    List<Maker> stages = new ArrayList<>();
    stages.add(() -> new Shuffle<>(new Counting(23), 5, 1));
    stages.add(() -> new Shuffle<>(new Counting(20), 5, 1));
    stages.add(() -> new Shuffle<>(new Counting(3), 100, 1));
    stages.add(() -> new Repeat<>(new Counting(7), 3));
    stages.add(() -> new Repeat<>(new Shuffle<>(new Counting(7), 4, 2), 3));
    stages.add(() -> mixture(11, 30, 3));
    stages.add(() -> new Mixture<>(List.of(new Counting(9)), new double[] {0.5}, 3));
    for (int context : new int[] {1, 2, 3, 5, 8, 17, 1000}) {
      for (int size : new int[] {1, 3}) {
        stages.add(() -> new Packing(new Counting(40), size, context));
        stages.add(() -> new Grouping(new Padding(new Counting(40), context), size, context));
      }
    }
    stages.add(() -> new Grouping(new Shuffle<>(new Packing(new Counting(40), 1, 5), 4, 2), 3, 5));
    stages.add(() -> new Prefetch<>(new Counting(20), 1));
    stages.add(() -> new Prefetch<>(new Counting(20), 7));
    stages.add(
        () ->
            new Prefetch<>(
                new Packing(new Repeat<>(new Shuffle<>(mixture(11, 30, 3), 8, 4), 2), 2, 9), 3));
    stages.add(() -> new Limited<>(new BatchSampler(new byte[100], 3, 7, 5), 12));
    return stages.stream();
  }

  private static Mixture<Example> mixture(int first, int second, int third) {
    return new Mixture<>(
        List.of(new Counting(first), new Counting(second), new Counting(third)),
        new double[] {1, 2.5, 0.25},
        6);
  }

  @ParameterizedTest
  @MethodSource("stages")
  void everyStageGoesOnFromEveryPlace(Maker maker) throws IOException {
    goesOnFromEveryPlace(maker);
  }

  @ParameterizedTest
  @MethodSource("stages")
  void anEpochIsTheSameWheneverItIsReached(Maker maker) throws IOException {
    try (DataStream<?> stream = maker.make()) {
      stream.reset(0);
      List<String> first = rest(stream);
      stream.reset(5);
      List<String> fifth = rest(stream);
      stream.reset(0);
      assertEquals(first, rest(stream));
      stream.reset(5);
      assertEquals(fifth, rest(stream));
    }
    try (DataStream<?> fresh = maker.make()) {
      List<String> all = rest(fresh);
      fresh.reset(0);
      assertEquals(all, rest(fresh));
    }
  }

  @Test
  void aPipelineOfFilesGoesOnFromEveryPlace() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 57; i++) {
      lines.append(
          i % 9 == 4 ? "bad\n" : "{\"text\":\"line %d %s\"}\n".formatted(i, "x".repeat(i % 13)));
    }
    Files.writeString(dir.resolve("a.jsonl"), lines);
    Files.writeString(dir.resolve("b.jsonl"), "\n{\"text\":\"the only good one\"}\nbad\n");
    List<DataSource> sources =
        List.of(
            DataSource.text(dir + "/*.jsonl"),
            new DataSource(
                Golden.path("parquet/texts_zstd.parquet").toString(),
                "text",
                Map.of("text", "body"),
                null,
                false,
                0.5),
            new DataSource(
                Golden.path("parquet/chats.parquet").toString(),
                "chat",
                Map.of(),
                ChatTemplate.PLAIN,
                false,
                2));
    for (int prefetch : new int[] {0, 3}) {
      DataSettings settings =
          new DataSettings(
              sources,
              3,
              40,
              prefetch > 0,
              7,
              11,
              2,
              new HoldOut(5, false),
              true,
              prefetch,
              OptionalInt.of(0));
      goesOnFromEveryPlace(() -> settings.open(Tokenizer.bytes(), line -> {}));
    }
  }

  @Test
  void aMixtureWithoutEndGoesOnWithItsWeights() throws IOException {
    Files.writeString(dir.resolve("a.txt"), "aaaaaaaaa");
    Files.writeString(dir.resolve("b.txt"), "bbbbbbbbb");
    DataSettings settings =
        DataSettings.of(
            List.of(
                DataSource.text(dir.resolve("a.txt").toString()),
                DataSource.text(dir.resolve("b.txt").toString())),
            2,
            9);
    goesOnFromEveryPlace(() -> new Limited<>(settings.open(Tokenizer.bytes(), line -> {}), 40));
  }

  @Test
  void anotherFileUnderTheNameIsNoticed() throws IOException {
    Path file = Files.writeString(dir.resolve("a.txt"), "some text");
    DataSettings settings = DataSettings.of(List.of(DataSource.text(file.toString())), 1, 4);
    JsonNode state;
    try (DataStream<Batch> stream = settings.open(Tokenizer.bytes(), line -> {})) {
      stream.next();
      state = stream.state();
    }
    Files.writeString(file, "some other text");
    try (DataStream<Batch> stream = settings.open(Tokenizer.bytes(), line -> {})) {
      FormatException e = assertThrows(FormatException.class, () -> stream.restore(state));
      assertTrue(String.valueOf(e.getMessage()).contains("of 9 bytes as when"), e.getMessage());
    }
  }

  @Test
  void theStateOfAnotherStreamIsRefused() throws IOException {
    DataStream<Example> shuffle = new Shuffle<>(new Counting(9), 4, 1);
    shuffle.next();
    JsonNode good = shuffle.state();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new Repeat<>(new Counting(9), 2).restore(good));
    assertTrue(String.valueOf(e.getMessage()).contains("of kind 'repeat'"), e.getMessage());
    for (String field : List.of("epoch", "blocks", "given", "source")) {
      JsonNode bad = good.deepCopy();
      ((ObjectNode) bad).put(field, -1);
      e = assertThrows(IllegalArgumentException.class, () -> shuffle.restore(bad));
      assertTrue(String.valueOf(e.getMessage()).startsWith("state." + field), e.getMessage());
    }
  }

  private static void goesOnFromEveryPlace(Maker maker) throws IOException {
    List<String> all = new ArrayList<>();
    List<String> states = new ArrayList<>();
    try (DataStream<?> stream = maker.make()) {
      states.add(stream.state().toString());
      for (Object next = stream.next(); next != null; next = stream.next()) {
        all.add(text(next));
        states.add(stream.state().toString());
      }
      states.add(stream.state().toString());
    }
    assertTrue(!all.isEmpty(), "nothing to go on with");
    for (int from = 0; from < states.size(); from++) {
      try (DataStream<?> stream = maker.make()) {
        if (from % 3 == 1) {
          stream.next(); // a place of its own that must not matter
        }
        stream.restore(JSON.readTree(states.get(from)));
        assertEquals(
            all.subList(Math.min(from, all.size()), all.size()), rest(stream), "from " + from);
      }
    }
  }

  private static List<String> rest(DataStream<?> stream) throws IOException {
    List<String> rest = new ArrayList<>();
    for (Object next = stream.next(); next != null; next = stream.next()) {
      rest.add(text(next));
    }
    return rest;
  }

  private static String text(Object element) {
    return switch (element) {
      case Batch b -> Arrays.toString(b.ids()) + Arrays.toString(b.targets());
      case Example e -> Arrays.toString(e.ids) + Arrays.toString(e.labels);
      default -> element.toString();
    };
  }
}
