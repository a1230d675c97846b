package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.Mutations;
import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizer files that are broken at random: each is refused by a FormatException, or read. */
class HostileTokenizerTest {
  private static final int MUTATIONS = 2000;

  @TempDir Path dir;

  @Test
  void tokenizersAreRefusedOrRead() throws IOException {
    byte[] valid = Files.readAllBytes(Golden.path("tokenizer_bpe").resolve(Tokenizer.FILE));
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] mutated = Mutations.of(valid, seed);
      try {
        assertTrue(TokenizerFile.read("tokenizer.json", mutated, Set.of()).vocabSize() > 0);
      } catch (FormatException e) {
        assertTrue(e.offset() >= 0 && e.offset() <= mutated.length, e.getMessage());
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(refused > MUTATIONS / 10, "refused only " + refused);
    assertTrue(refused < MUTATIONS, "refused all");
  }

  @Test
  void anIdThatIsTooLargeIsRefused() {
    String json = "{\"added_tokens\":[{\"id\":2147483647}]}";
    FormatException e =
        assertThrows(
            FormatException.class,
            () ->
                TokenizerFile.read(
                    "tokenizer.json", json.getBytes(StandardCharsets.UTF_8), Set.of()));
    assertEquals(
        "tokenizer.json, byte 0: expected ids below 2147483647, got 2147483647", e.getMessage());
  }

  @Test
  void endIdsAreRefusedOrRead() throws IOException {
    Path file = dir.resolve("generation_config.json");
    byte[] valid = "{\"eos_token_id\": [128001, 2, 7]}".getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Files.write(file, Mutations.of(valid, seed));
      try {
        EndIds.of(dir);
      } catch (FormatException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(refused > MUTATIONS / 10, "refused only " + refused);
    assertTrue(refused < MUTATIONS, "refused all");
  }
}
