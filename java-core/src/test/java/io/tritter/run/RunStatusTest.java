package io.tritter.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStatusTest {
  @TempDir private Path folder;

  @Test
  void aRunThatStoppedGoesOnAndEndsSaysSo() throws IOException {
    RunFile file = TinyRun.file(folder, "training.steps=20", "training.schedule.total_steps=60");
    TinyRun.train(file, false, 5);
    RunStatus stopped = RunStatus.read(file.output());
    assertEquals("ended: stopped", stopped.state());
    assertEquals(5, stopped.steps());
    assertEquals(0.25, stopped.done());
    assertEquals(3 * stopped.seconds(), stopped.secondsLeft(), 1e-9);
    try (TrainingRun run = TrainingRun.resume(file, RunListener.NONE)) {
      RunStatus goesOn = RunStatus.read(file.output());
      assertEquals("no end yet", goesOn.state());
      assertEquals("5 of 20", goesOn.facts().get("steps"));
      run.train(() -> false);
    }
    RunStatus ended = RunStatus.read(file.output());
    assertEquals("ended: all steps", ended.state());
    assertEquals("20", ended.facts().get("step"));
    assertEquals(1, ended.done());
    assertEquals(0, ended.secondsLeft());
  }

  @Test
  void aRunWithoutKnownLimitsIsDoneWhenItHasEnded() throws IOException {
    RunFile file = TinyRun.file(folder, "training.steps=3", "training.schedule.total_steps=60");
    TinyRun.train(file, false, 0);
    Files.delete(file.output().resolve("limits.json"));
    RunStatus status = RunStatus.read(file.output());
    assertEquals(3, status.steps());
    assertEquals(1, status.done());
    Files.delete(file.output().resolve("summary.json"));
    RunStatus open = RunStatus.read(file.output());
    assertTrue(Double.isNaN(open.done()) && Double.isNaN(open.secondsLeft()));
  }

  @Test
  void aRunWhoseProcessWasKilledSaysSo() throws Exception {
    Process process = TinyRun.start(folder, 0, "training.steps=1000000");
    try (BufferedReader out = TinyRun.output(process)) {
      assertEquals("step 0", out.readLine());
      RunStatus under = RunStatus.read(folder.resolve("out"));
      assertEquals("no end yet", under.state());
      process.destroyForcibly();
    }
    process.waitFor();
    RunStatus killed = RunStatus.read(folder.resolve("out"));
    assertTrue(killed.state().startsWith("no end, but its process is not on"), killed.state());
  }

  @Test
  void aDirectoryWithoutMetricsIsRefused() {
    assertThrows(NoSuchFileException.class, () -> RunStatus.read(folder));
  }
}
