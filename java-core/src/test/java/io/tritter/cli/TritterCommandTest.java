package io.tritter.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.kernel.Kernels;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TritterCommandTest {
  private final StringWriter out = new StringWriter();

  private int run(String... args) {
    return TritterCommand.create(() -> Map.of("Rider", "a line of another module"))
        .setOut(new PrintWriter(out))
        .execute(args);
  }

  @Test
  void infoNamesTheKernelsAndTheReason() {
    assertEquals(0, run("info"));
    String text = out.toString();
    assertTrue(
        text.contains(Kernels.active().name() + ": " + Kernels.active().description()), text);
    boolean scalar = System.getProperty("expect.kernels", "").equals("scalar");
    String reason = scalar ? "without --add-modules jdk.incubator.vector" : "the fastest here";
    assertTrue(text.contains(reason), text);
    assertTrue(text.contains("a line of another module"), text);
  }

  /** A list shows the first line of each description, and a default that is none is no news. */
  @Test
  void helpHasWholeSentencesAndNoEmptyDefaults() {
    CommandLine root = TritterCommand.create(Map::of);
    for (CommandLine command : root.getSubcommands().values()) {
      String[] description = command.getCommandSpec().usageMessage().description();
      assertTrue(description[0].endsWith("."), command.getCommandName() + ": " + description[0]);
      String usage = command.getUsageMessage();
      assertFalse(usage.matches("(?s).*Default: *(\\R|\\[\\]).*"), usage);
    }
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertTrue(TritterCommand.version().matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"));
  }
}
