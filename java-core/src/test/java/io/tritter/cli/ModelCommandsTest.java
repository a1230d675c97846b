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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    assertEquals(
        "tritter: --max-new-tokens: expected at least 1, got -3",
        failure("generate", "--model", model, "--prompt", "a", "-n", "-3"));
    assertEquals(
        "tritter: temperature: expected at least 0.0, got -1.0",
        failure("generate", "--model", model, "--prompt", "a", "--temperature", "-1"));
    assertEquals(
        "tritter: topP: expected above 0, at most 1.0, got 2.0",
        failure("generate", "--model", model, "--prompt", "a", "--top-p", "2"));
    assertEquals(
        "tritter: --timeout: expected at least 1, got -1",
        failure("serve", "--model", model, "--timeout", "-1"));
    assertEquals(
        "tritter: --host: expected an address of this machine, got no.invalid",
        failure("serve", "--model", model, "--host", "no.invalid", "--port", "0"));
  }

  @Test
  void aPlaceThatCannotBeReadOrWrittenIsNamed() {
    Path file = model.resolve("config.json");
    assertEquals(
        "tritter: " + file + ", byte 0: expected a directory with config.json, got a file",
        failure("generate", "--model", file, "--prompt", "a"));
    assertEquals(
        "tritter: " + dir + ", byte 0: expected a file, got a directory",
        failure("import", dir, "--out", dir.resolve("x")));
    assertEquals(
        "tritter: " + dir + ": expected a file, got a directory",
        failure("export", "--model", model, dir));
    Path none = dir.resolve("none");
    assertEquals(
        "tritter: " + none + ": no such file",
        failure("export", "--model", model, none.resolve("x.gguf")));
    assertEquals(
        "tritter: " + dir + ", byte 0: expected a run file, got a directory",
        failure("train", dir));
    assertEquals("tritter: " + file + ": there is a file of this name", failure("init", file));
  }

  @Test
  void aGgufFileBecomesOneOfAnotherType() {
    Path one = dir.resolve("one.gguf");
    Path other = dir.resolve("other.gguf");
    ok("export", "--model", model, one);
    ok("export", "--model", one, "--type", "f16", other);
    assertEquals(generated(one), generated(other));
  }

  @Test
  void aMistakeInTheArgumentsIsALineAndTheUsage() {
    assertEquals(
        "tritter: --max-new-tokens: expected a whole number, got 'abc'", mistake("-n", "abc"));
    assertEquals("tritter: --top-p: expected a number, got 'x'", mistake("--top-p", "x"));
    assertEquals("tritter: Missing required option: '--prompt=TEXT'", mistake());
  }

  private String mistake(String... more) {
    List<Object> arguments = new ArrayList<>(List.of("generate", "--model", model));
    if (more.length > 0) {
      arguments.addAll(List.of("--prompt", "a"));
      arguments.addAll(List.of(more));
    }
    StringWriter err = new StringWriter();
    assertEquals(2, run(new StringWriter(), err, arguments.toArray()));
    List<String> lines = err.toString().lines().toList();
    assertTrue(lines.get(1).startsWith("Usage: tritter generate"), err.toString());
    assertEquals("`tritter generate --help` says more.", lines.get(lines.size() - 1));
    return lines.get(0);
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
