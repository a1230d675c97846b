package io.tritter.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RunCommandsTest {
  @TempDir private Path folder;
  private Path file = Path.of("");
  private String out = "";
  private String err = "";

  @BeforeEach
  void writeARunFile() throws IOException {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "a line of a text that is long enough\n".repeat(2000));
    file = folder.resolve("run.yaml");
    Files.writeString(
        file,
        """
        model: {hidden_size: 16, intermediate_size: 24, layers: 1, heads: 2, context: 16}
        data:
          sources: [{path: %s}]
          hold_out_every: 2
          batch: 2
          context: 16
        training: {steps: 6}
        evaluation: {every: 3, batches: 2}
        checkpoints: {every: 3}
        output: %s
        """
            .formatted(text, folder.resolve("out")));
  }

  private int tritter(Object... arguments) {
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    CommandLine command = TritterCommand.create(Map::of);
    command.setOut(new PrintWriter(output)).setErr(new PrintWriter(errors));
    int code =
        command.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    out = output.toString();
    err = errors.toString();
    return code;
  }

  @Test
  void aRunIsCheckedTrainedPausedResumedAndMeasured() {
    assertEquals(0, tritter("validate", file));
    assertTrue(out.contains("6 steps, 32 tokens a step") && out.contains("ready to train"), out);
    assertEquals(0, tritter("train", file, "--pause-after", "2"), err);
    assertTrue(out.startsWith("2 steps, 64 tokens") && out.contains("(stopped)"), out);
    assertEquals(1, tritter("train", file));
    assertTrue(err.contains("tritter resume"), err);
    assertEquals(0, tritter("resume", file), err);
    assertTrue(out.startsWith("6 steps, 192 tokens") && out.contains("(all steps)"), out);
    assertTrue(err.contains("step 3: held-out loss"), err);
    assertEquals(0, tritter("report", folder.resolve("out")), err);
    assertEquals(folder.resolve("out/report.html").toString(), out.strip());
    assertTrue(Files.exists(folder.resolve("out/report.html")));
    assertEquals(1, tritter("report", folder));
    assertEquals(
        "tritter: %s: no such file".formatted(folder.resolve("metrics.jsonl")), err.strip());
    assertEquals(0, tritter("eval", file), err);
    assertTrue(out.contains("perplexity"), out);
    Path model = folder.resolve("out/model");
    assertEquals(0, tritter("generate", "--model", model, "--prompt", "a", "-n", "3"), err);
  }

  @Test
  void anAdapterIsTrainedUsedAndMerged() throws IOException {
    assertEquals(
        0,
        tritter("train", file, "--set", "model.weights=dense", "--set", "model.sub_norms=false"),
        err);
    Path base = folder.resolve("out/model");
    Path lora = folder.resolve("lora.yaml");
    Files.writeString(
        lora,
        Files.readString(file)
            .replaceFirst(
                "model: .*", "model: {path: %s}\nadapter: {kind: lora, r: 2}".formatted(base))
            .replace("output: " + folder.resolve("out"), "output: " + folder.resolve("lora")));
    assertEquals(0, tritter("validate", lora), err);
    assertTrue(out.contains("adapter    Lora: r=2, "), out);
    assertEquals(0, tritter("train", lora), err);
    Path adapter = folder.resolve("lora/adapter");
    assertTrue(out.contains("model: " + adapter), out);
    assertEquals(0, tritter("eval", lora), err);
    String adapted = out.substring(out.indexOf("loss"));
    assertEquals(0, tritter("generate", "--model", adapter, "--prompt", "a", "-n", "3"), err);
    Path gguf = folder.resolve("lora.gguf");
    assertEquals(0, tritter("export", "--model", adapter, gguf), err);
    assertEquals(0, tritter("merge", lora), err);
    Path merged = folder.resolve("lora/merged");
    assertEquals(0, tritter("eval", lora, "--model", merged), err);
    assertEquals(adapted, out.substring(out.indexOf("loss")));
    assertEquals(0, tritter("merge", adapter, "--base", base, "--out", folder.resolve("m")), err);
    assertEquals(1, tritter("merge", adapter, "--out", base));
    assertTrue(err.contains("--out: expected another directory than the model"), err);
    assertEquals(1, tritter("merge", adapter));
    assertTrue(err.contains("--out: expected a directory to write"), err);
    assertEquals(1, tritter("export", "--model", merged, "--base", base, gguf));
    assertTrue(err.contains("--base: expected an adapter as --model"), err);
    assertEquals(1, tritter("eval", lora, "--model", merged, "--base", base));
    assertTrue(err.contains("--base: expected an adapter as --model"), err);
  }

  @Test
  void aSignalSavesACheckpointAndSaysHowToGoOn() throws Exception {
    assumeFalse(System.getProperty("os.name").startsWith("Windows")); // it has no such signal
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RunCommandsTest.class.getName(),
                "train",
                file.toString(),
                "--set",
                "training.steps=100000000",
                "--set",
                "evaluation.every=0",
                "--set",
                "checkpoints.every=0")
            .redirectErrorStream(true)
            .start();
    Path metrics = folder.resolve("out/metrics.jsonl");
    while (process.isAlive() && (!Files.exists(metrics) || Files.size(metrics) == 0)) {
      Thread.sleep(20);
    }
    process.toHandle().destroy(); // process.destroy() would close what it says
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertTrue(said.contains("(stopped)"), said);
    assertTrue(said.contains("to go on: tritter resume " + file + " --set training.steps"), said);
    try (Stream<Path> checkpoints = Files.list(folder.resolve("out/checkpoints"))) {
      assertEquals(1, checkpoints.count());
    }
  }

  /** The command line, as a process of its own. */
  public static void main(String[] args) {
    System.exit(TritterCommand.create(Map::of).execute(args));
  }

  @Test
  void aMistakeIsOneLineWithItsPlace() {
    assertEquals(1, tritter("train", file, "--set", "training.step=5"));
    assertEquals(
        "tritter: %s, setting: training.step: expected 'steps', got no such key".formatted(file),
        err.strip());
    assertEquals(1, tritter("validate", file, "--set", "data.sources.0.path=none.txt"));
    assertEquals("tritter: none.txt: no such file", err.strip());
    assertEquals(1, tritter("validate", file, "--set", "data.context=17"));
    assertTrue(err.contains("data.context: expected at most the model's 16, got 17"), err);
    assertEquals(1, tritter("validate", file, "--set", "data.hold_out_every=1000"));
    assertTrue(err.contains("held-out data: expected at least one example, got none"), err);
    assertEquals(1, tritter("validate", file, "--set", "training.steps=-3"));
    assertTrue(err.contains("training.steps: expected at least 0, got -3"), err);
    assertEquals(1, tritter("merge", file));
    assertEquals(
        "tritter: %s: expected a run with an adapter, got one without".formatted(file),
        err.strip());
    Path out = folder.resolve("bench");
    assertEquals(1, tritter("bench", "hybrid", file, "--out", out, "--only", "fast"));
    assertTrue(err.startsWith("tritter: --only: expected some of [textbook, cautious"), err);
    assertEquals(1, tritter("bench", "hybrid", file, "--out", out, "--variant", "x: data.bach=1"));
    assertTrue(err.contains("data.bach: expected 'batch', got no such key"), err);
  }

  @Test
  void initWritesAFileThatIsNotThereYet() throws IOException {
    Path fresh = folder.resolve("fresh.yaml");
    assertEquals(0, tritter("init", fresh, "--preset", "finetune"));
    assertTrue(Files.readString(fresh).contains("format: alpaca"));
    assertEquals(1, tritter("init", fresh));
    assertEquals(0, tritter("init", "--list"));
    assertTrue(out.contains("pretrain-100m"), out);
    assertEquals(1, tritter("init", "--preset", "dem"));
    assertTrue(err.contains("preset: expected one of"), err);
  }
}
