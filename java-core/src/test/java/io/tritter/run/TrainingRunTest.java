package io.tritter.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.format.FormatException;
import io.tritter.train.MetricsLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {
  private static final int KILLS = 25;

  /** Without the Vector API, whose classes take longer to load than the few steps take. */
  private static final List<String> QUICK_TO_START = List.of("-XX:+UseSerialGC");

  @TempDir private Path folder;

  private Path last(Path run, int step) {
    return run.resolve("out/checkpoints/step-%08d".formatted(step));
  }

  @Test
  void threeProcessesGiveTheBytesOfOne() throws Exception {
    Path one = folder.resolve("one");
    TinyRun.train(TinyRun.file(one), false, 0);
    Path three = folder.resolve("three");
    for (int i = 0; i < 3; i++) {
      Process process = TinyRun.start(three, 20);
      try (BufferedReader out = TinyRun.output(process)) {
        assertEquals(20, out.lines().filter(line -> line.startsWith("step ")).count());
      }
      assertEquals(0, process.waitFor());
    }
    for (String name : List.of("model/model.safetensors", "state.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(last(one, 60).resolve(name)),
          Files.readAllBytes(last(three, 60).resolve(name)),
          name);
    }
    assertEquals(data(last(one, 60)), data(last(three, 60)));
    List<Double> losses = losses(one);
    assertEquals(60, losses.size());
    assertEquals(losses, losses(three));
  }

  private static String data(Path checkpoint) throws IOException {
    return Checkpoint.read(checkpoint).data().toString();
  }

  private static List<Double> losses(Path run) throws IOException {
    return MetricsLog.read(run.resolve("out/metrics.jsonl")).steps().stream()
        .map(m -> m.loss())
        .toList();
  }

  @Test
  void aProcessThatIsKilledAtAnyMomentLeavesACheckpointThatIsWhole() throws Exception {
    Random random = new Random(1);
    long reached = 0;
    for (int i = 0; i < KILLS; i++) {
      Process process =
          TinyRun.start(QUICK_TO_START, folder, 0, "checkpoints.every=1", "training.steps=1000000");
      try (BufferedReader out = TinyRun.output(process)) {
        String line = out.readLine();
        while (line != null && !line.equals("checkpoint")) {
          line = out.readLine();
        }
        assertNotNull(line, "a first checkpoint");
        Thread.sleep(random.nextInt(250));
        process.destroyForcibly();
      }
      process.waitFor();
      RunFile file = TinyRun.file(folder);
      List<String> broken = new ArrayList<>();
      Checkpoint newest =
          new Checkpoints(file.output().resolve("checkpoints"), file.checkpoints())
              .latest(broken::add);
      assertEquals(List.of(), broken);
      assertNotNull(newest);
      long step = RunState.of("state", newest.numbers()).step();
      assertTrue(step > reached, step + " after " + reached);
      reached = step;
    }
  }

  @Test
  void theNewestAndTheBestCheckpointsStay() throws IOException {
    RunSummary summary = TinyRun.train(TinyRun.file(folder), false, 0);
    assertTrue(summary.finished());
    assertEquals(60, summary.steps());
    RunFile file = TinyRun.file(folder);
    List<Long> steps =
        new Checkpoints(folder.resolve("out/checkpoints"), file.checkpoints()).steps();
    assertTrue(steps.contains(60L), steps.toString());
    assertTrue(steps.contains(summary.bestStep()), steps.toString());
    assertTrue(steps.size() <= 3, steps.toString());
    for (String name : List.of("model/model.safetensors", "loss.png", "summary.json")) {
      assertTrue(Files.exists(folder.resolve("out").resolve(name)), name);
    }
    assertTrue(summary.describe().contains("held-out loss"), summary.describe());
  }

  @Test
  void aCheckpointOfOtherBytesIsPassedOverWithALine() throws IOException {
    TinyRun.train(TinyRun.file(folder), false, 0);
    Path state = last(folder, 60).resolve("state.safetensors");
    byte[] bytes = Files.readAllBytes(state);
    bytes[bytes.length / 2] ^= 1;
    Files.write(state, bytes);
    assertThrows(FormatException.class, () -> Checkpoint.read(last(folder, 60)));
    List<String> lines = new ArrayList<>();
    RunFile file = TinyRun.file(folder);
    Checkpoint newest =
        new Checkpoints(folder.resolve("out/checkpoints"), file.checkpoints()).latest(lines::add);
    assertNotNull(newest);
    assertTrue(RunState.of("", newest.numbers()).step() < 60);
    assertEquals(1, lines.size());
    assertTrue(lines.get(0).contains("expected the bytes of the manifest"), lines.get(0));
  }

  @Test
  void aCheckpointThatCannotBeWrittenLeavesTheEarlierOnes() throws IOException {
    CheckpointSettings one = new CheckpointSettings(1, 1, 0);
    Checkpoints checkpoints = new Checkpoints(folder.resolve("c"), one);
    checkpoints.add(
        1, Double.NaN, to -> Files.writeString(Files.createDirectories(to).resolve("x"), "1"));
    assertThrows(
        IOException.class,
        () ->
            checkpoints.add(
                2,
                Double.NaN,
                to -> {
                  Files.writeString(Files.createDirectories(to).resolve("x"), "half");
                  throw new IOException("No space left on device");
                }));
    assertEquals(List.of(1L), checkpoints.steps());
    assertEquals("1", Files.readString(checkpoints.place(1).resolve("x")));
    try (Stream<Path> files = Files.list(folder.resolve("c"))) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void aDirectoryWithCheckpointsIsNotBegunAgain() throws IOException {
    TinyRun.train(TinyRun.file(folder), false, 3);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> TinyRun.train(TinyRun.file(folder), false, 3));
    assertTrue(String.valueOf(e.getMessage()).contains("tritter resume"), e.getMessage());
  }

  @Test
  void twoRunsDoNotShareADirectory() throws IOException {
    try (TrainingRun run = TrainingRun.start(TinyRun.file(folder), RunListener.NONE)) {
      assertNotNull(run.model());
      assertThrows(
          IllegalArgumentException.class,
          () -> TrainingRun.resume(TinyRun.file(folder), RunListener.NONE));
    }
  }

  @Test
  void aRunEndsWhenTheHeldOutLossStaysAboveItsBest() throws IOException {
    RunSummary summary =
        TinyRun.train(
            TinyRun.file(
                folder,
                "evaluation.every=2",
                "evaluation.patience=2",
                "training.learning_rate=0.5",
                "training.steps=500"),
            false,
            0);
    assertTrue(summary.steps() < 500, summary.describe());
    assertTrue(summary.end().startsWith("no better loss"), summary.end());
  }
}
