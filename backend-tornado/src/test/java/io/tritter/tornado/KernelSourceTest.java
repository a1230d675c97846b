package io.tritter.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What TornadoVM computes wrongly without a word, or cannot compile, is in no kernel. */
class KernelSourceTest {
  private static final Path SOURCES = Path.of("src/main/java/io/tritter/tornado");
  private static final Pattern KERNEL =
      Pattern.compile("(?s)static \\w+ \\w*[oO]nDevice\\(\\s*KernelContext.*?\\n  }\n");

  /** What goes wrong without an error, and what to write instead: in no source of the module. */
  private static final Map<String, String> WRONG =
      Map.of(
          ">" + ">>",
          "(x >> s) & mask: it becomes a signed shift",
          "@Reduce",
          "a sum through local memory",
          "@Parallel",
          "the ids of the context: the grid is given");

  /** What TornadoVM does not compile, and what to write instead: in no kernel. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "Math.fma", "a * b + c",
          "Math.rint", "floor(x + 0.5f)",
          "Math.round", "floor(x + 0.5f)",
          "LeadingZeros", "Integer.bitCount of a mask",
          "TrailingZeros", "Integer.bitCount of a mask",
          "throw ", "a check before the launch",
          "switch", "if");

  @Test
  void kernelsHaveNothingThatIsCompiledWrongly() throws IOException {
    List<String> faults = new ArrayList<>();
    kernels().forEach((where, code) -> search(where, code, REFUSED, faults));
    for (Path file : files()) {
      search(file.toString(), Files.readString(file), WRONG, faults);
    }
    assertEquals(List.of(), faults);
  }

  @Test
  void everyProgramIsFoundInTheSources() throws IOException {
    // Others: the one that makes the memory, two of the stages, two of sequences.
    assertEquals(Program.values().length + 5, kernels().size());
  }

  @Test
  void whatIsBannedIsFound() {
    List<String> faults = new ArrayList<>();
    search("here", "int x = y >" + ">> 1;", WRONG, faults);
    search("there", "float z = Math.fma(x, y, z);", REFUSED, faults);
    assertEquals(2, faults.size(), faults.toString());
  }

  private static void search(
      String where, String code, Map<String, String> banned, List<String> faults) {
    banned.forEach(
        (construct, instead) -> {
          if (code.contains(construct)) {
            faults.add(where + ": expected " + instead + ", got " + construct);
          }
        });
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files.toList();
    }
  }

  private static Map<String, String> kernels() throws IOException {
    Map<String, String> kernels = new TreeMap<>();
    for (Path file : files()) {
      Matcher kernel = KERNEL.matcher(Files.readString(file));
      while (kernel.find()) {
        kernels.put(file.getFileName() + ":" + kernel.start(), kernel.group());
      }
    }
    return kernels;
  }
}
