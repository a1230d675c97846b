package io.tritter.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.Golden;
import io.tritter.model.Preset;
import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCommandsTest {
  @TempDir Path dir;
  private Path model = Path.of("");

  @BeforeEach
  void saveAModel() throws IOException {
    model = dir.resolve("model");
    Transformer.random(TransformerConfig.demo(), 3).pack().save(model);
  }

  @Test
  void aModelWritesTheSameThroughAGgufFileAndBack() {
    Path gguf = dir.resolve("model.gguf");
    Path back = dir.resolve("back");
    String export = ok("export", "--model", model, "--type", "f32", gguf);
    assertTrue(export.contains(gguf + ": "), export);
    ok("import", gguf, "--out", back);
    assertTrue(Files.exists(back.resolve("tokenizer.json")));
    String wanted = generated(model);
    assertTrue(wanted.startsWith("def "), wanted);
    assertEquals(wanted, generated(gguf));
    assertEquals(wanted, generated(back));
  }

  @Test
  void aDenseModelIsQuantizedAndWrites() {
    Path out = dir.resolve("out");
    Path llama = Golden.path("llama_tiny");
    String said = ok("quantize", "--model", llama, "--to", "nf4", "--double-quant", "--out", out);
    String[] lines = said.lines().toArray(String[]::new);
    String line =
        "model\\.layers\\.\\d\\.\\S+ \\[\\d+, \\d+\\]: [\\d,]+ to [\\d,]+ bytes, error \\d+\\.\\d\\d %";
    assertTrue(lines[0].matches(line), lines[0]);
    assertTrue(lines[lines.length - 1].startsWith(out + ": matrices of "), said);
    assertTrue(Files.exists(out.resolve("model.safetensors")));
  }

  @Test
  void theSameSeedWritesTheSameAndAStopEndsIt() {
    String one = generated(model, "--temperature", "1", "--seed", "5");
    assertEquals(one, generated(model, "--temperature", "1", "--seed", "5"));
    String stop = one.substring(8, 9);
    String cut = generated(model, "--temperature", "1", "--seed", "5", "--stop", stop);
    assertTrue(one.startsWith(cut.stripTrailing()), cut);
    assertEquals(one.indexOf(stop, 4), cut.length() - System.lineSeparator().length());
  }

  @Test
  void presetsAreATableOfNamesSizesAndMemory() {
    String[] lines = ok("presets").lines().toArray(String[]::new);
    assertEquals(1 + Preset.ALL.size(), lines.length);
    assertTrue(
        lines[7].matches("gpt2_small +124\\.4 M +12 +768 +12 +1024 [0-9. ]+ GiB [0-9. ]+ GiB"),
        lines[7]);
    String kept = ok("presets", "--checkpoint-every", "4", "--batch", "2");
    assertTrue(!kept.contains(lines[1]), kept);
    assertTrue(failure("presets", "--batch", "0").contains("--batch: expected at least 1, got 0"));
  }

  @Test
  void whatTheUserCanMendIsOneLine() {
    Path none = dir.resolve("none");
    assertTrue(
        failure("generate", "--model", none, "--prompt", "a")
            .endsWith("config.json: no such file"));
    assertTrue(
        failure("export", "--model", model, "--type", "q9", dir.resolve("x"))
            .contains("--type: expected one of [f32, f16, q8_0, bf16, tq1_0, tq2_0], got 'q9'"));
    assertTrue(
        failure("import", model.resolve("config.json"), "--out", dir.resolve("x"))
            .contains("expected the letters GGUF"));
    assertTrue(failure("generate", "--model", model, "--prompt", "").contains("prompt length"));
  }

  private String generated(Path path, String... more) {
    String[] arguments = {"generate", "--model", path.toString(), "--prompt", "def ", "-n", "40"};
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return ok((Object[]) all);
  }

  private static String ok(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertEquals(0, run(out, err, arguments), err.toString());
    return out.toString();
  }

  private static String failure(Object... arguments) {
    StringWriter err = new StringWriter();
    assertEquals(1, run(new StringWriter(), err, arguments));
    String text = err.toString().strip();
    assertTrue(text.startsWith("tritter: ") && text.lines().count() == 1, text);
    return text;
  }

  private static int run(StringWriter out, StringWriter err, Object... arguments) {
    return TritterCommand.create(Map::of)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
  }
}
