package io.tritter.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tritter.bridge.Main;
import io.tritter.hybrid.Phase;
import io.tritter.train.MetricsLog;
import io.tritter.train.StepMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The monitor on a terminal of its own; skipped without tmux. */
class TmuxTest {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  @TempDir private Path folder;
  private boolean started;

  @BeforeEach
  void startAShell() throws Exception {
    boolean there = true;
    try {
      new ProcessBuilder("tmux", "-V").start().waitFor();
    } catch (IOException e) {
      there = false;
    }
    assumeTrue(there, "tmux: expected it on the PATH to look at the monitor, got none");
    tmux(
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-x",
        "80",
        "-y",
        "24",
        "-c",
        folder.toString(),
        "sh");
    started = true;
  }

  @AfterEach
  void endIt() throws Exception {
    if (started) {
      tmux("kill-server");
    }
  }

  /** A server of this test alone. */
  private String tmux(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tmux", "-S", folder.resolve("s").toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), command + ": " + out);
    return out;
  }

  private void type(String... keys) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("send-keys"));
    arguments.addAll(List.of(keys));
    tmux(arguments.toArray(String[]::new));
  }

  /** The screen, as soon as it is as expected. */
  private String screen(Predicate<String> expected) throws Exception {
    long end = System.nanoTime() + PATIENCE_NANOS;
    String screen = "";
    while (System.nanoTime() < end) {
      screen = tmux("capture-pane", "-p");
      if (expected.test(screen)) {
        return screen;
      }
      Thread.sleep(50);
    }
    return fail("screen: expected another one, got\n" + screen);
  }

  private void write(int from, int to) throws IOException {
    try (MetricsLog log = MetricsLog.append(folder.resolve("metrics.jsonl"))) {
      for (int i = from; i < to; i++) {
        double loss = 5 - 0.01 * i;
        log.write(new StepMetrics(i, Phase.FULL, loss, 0.5, 1e-3, i * 64L, 1000, i, false));
      }
    }
  }

  private void startMonitor() throws Exception {
    Path arguments = folder.resolve("arguments");
    Files.writeString(
        arguments,
        "--enable-native-access=ALL-UNNAMED\n-XX:TieredStopAtLevel=1\n-cp\n%s\n%s\n"
            .formatted(System.getProperty("java.class.path"), Main.class.getName()));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Files.writeString(
        folder.resolve("show"),
        "exec %s @%s monitor --ascii %s 2>/dev/null\n".formatted(java, arguments, folder));
    type("sh ./show", "Enter");
  }

  @Test
  void aRunIsFollowedAndKeysChangeTheView() throws Exception {
    write(0, 100);
    startMonitor();
    screen(s -> s.startsWith("[1 loss]") && s.contains("step    100") && s.contains("*"));
    write(100, 160);
    screen(s -> s.contains("step    160"));
    type("2");
    screen(s -> s.contains("[2 phases]") && s.contains("gradient norm, last 0.500"));
    type("Right");
    screen(s -> s.contains("[3 speed]") && s.contains("tokens a second"));
    type("Left");
    screen(s -> s.contains("[2 phases]"));
    tmux("resize-window", "-x", "60", "-y", "15");
    String small = screen(s -> s.contains("[2 phases]") && s.lines().count() <= 15);
    assertTrue(small.lines().allMatch(line -> line.length() <= 60), small);
    type("q");
    theShellIsBack();
  }

  @Test
  void controlCGivesTheTerminalBack() throws Exception {
    write(0, 3);
    startMonitor();
    screen(s -> s.startsWith("[1 loss]"));
    type("C-c");
    theShellIsBack();
  }

  /** The shell's screen, with what was on it, and what is typed is seen. */
  private void theShellIsBack() throws Exception {
    screen(s -> s.contains("sh ./show") && !s.contains("[1 loss]"));
    type("echo back:$((1 + 1))", "Enter");
    screen(s -> s.contains("echo back:") && s.contains("back:2"));
  }
}
