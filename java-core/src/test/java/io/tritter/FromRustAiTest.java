package io.tritter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The promises of docs/from-rust-ai.md: what is said to work names tests, and they are there. */
class FromRustAiTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  @Test
  void whatWorksNamesTestsThatExist() throws IOException {
    Set<String> tests = tests();
    List<String> wrong = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/from-rust-ai.md"))) {
      if (!line.startsWith("| ") || line.startsWith("| Rust")) {
        continue;
      }
      rows++;
      String[] cells = line.split("\\|", -1);
      assertEquals(6, cells.length, line);
      String state = cells[3].strip();
      List<String> named =
          QUOTED.matcher(cells[4]).results().map((MatchResult m) -> m.group(1)).toList();
      boolean known =
          state.equals("works") || state.equals("planned") || state.startsWith("in part: ");
      if (!known
          || (state.equals("works") && named.isEmpty())
          || (state.equals("planned") && !named.isEmpty())
          || !tests.containsAll(named)) {
        wrong.add(line);
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(rows > 50, "rows " + rows);
  }

  /** Names of Java test classes and Python test files, wherever they are. */
  private static Set<String> tests() throws IOException {
    Set<String> names = new HashSet<>();
    for (String folder : List.of("java-core", "polyglot-bridge", "tests")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        files
            .map(file -> String.valueOf(file.getFileName()))
            .filter(name -> name.endsWith("Test.java") || name.startsWith("test_"))
            .forEach(name -> names.add(name.replace(".java", "")));
      }
    }
    return names;
  }
}
