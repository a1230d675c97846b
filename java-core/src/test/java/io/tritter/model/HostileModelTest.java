package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.Mutations;
import io.tritter.format.FormatException;
import io.tritter.format.GgufType;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose files are broken at random: each is refused by a FormatException, or read. */
@Tag("any-width")
class HostileModelTest {
  private static final int MUTATIONS = 500;

  @TempDir Path dir;

  /** Reads one of the files that {@link #mutate} writes. */
  private interface Reader {
    void read() throws IOException;
  }

  @ParameterizedTest
  @CsvSource({
    "llama_tiny,config.json",
    "llama_tiny,model.safetensors",
    "llama_sharded,model.safetensors.index.json",
    "bitnet_packed,config.json",
    "bitnet_packed,model.safetensors",
    "gpt2_tiny,config.json"
  })
  void directoriesAreRefusedOrRead(String golden, String file) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Golden.path(golden))) {
      for (Path from : files) {
        Files.copy(from, dir.resolve(from.getFileName()));
      }
    }
    mutate(dir.resolve(file), () -> Transformer.load(dir));
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.safetensors"})
  void quantizedModelsAreRefusedOrRead(String file) throws IOException {
    Quantization to = new Quantization(Quantization.Target.NF4, 64, true);
    Quantizer.run(Golden.path("llama_tiny"), dir, to, m -> {});
    mutate(dir.resolve(file), () -> Transformer.load(dir));
  }

  @Test
  void modelsToQuantizeAreRefusedOrRead() throws IOException {
    Path model = Files.createDirectory(dir.resolve("model"));
    for (String file : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(Golden.path("llama_tiny").resolve(file), model.resolve(file));
    }
    Quantization to = Quantization.to(Quantization.Target.INT8);
    Path out = dir.resolve("out");
    mutate(model.resolve("config.json"), () -> Quantizer.run(model, out, to, m -> {}));
  }

  @ParameterizedTest
  @CsvSource({"llama_tiny,F32", "bitnet_packed,TQ2_0", "gpt2_tiny,F16"})
  void ggufFilesAreRefusedOrRead(String golden, GgufType type) throws IOException {
    Path file = dir.resolve("model.gguf");
    Transformer.load(Golden.path(golden)).saveGguf(file, type, Map.of());
    mutate(file, () -> Transformer.loadGguf(file));
  }

  private static void mutate(Path file, Reader reader) throws IOException {
    byte[] valid = Files.readAllBytes(file);
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] mutated = Mutations.of(valid, seed);
      Files.write(file, mutated);
      try {
        reader.read();
      } catch (FormatException e) {
        assertTrue(e.offset() >= 0, e.getMessage());
        refused++;
      } catch (NoSuchFileException e) { // a shard that the index names
        refused++;
      } catch (RuntimeException | OutOfMemoryError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(refused > MUTATIONS / 10, "refused only " + refused);
    assertTrue(refused < MUTATIONS, "refused all");
  }
}
