package io.tritter.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputTest {
  private final List<String> pieces = new ArrayList<>();
  private final Output output = new Output((name, text) -> pieces.add(name + ":" + text));
  private final OutputStream out = output.stream("stdout");
  private final OutputStream err = output.stream("stderr");

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void piecesKeepTheOrderOfBothStreams() throws IOException {
    out.write(utf8("a"));
    out.write(utf8("b"));
    err.write(utf8("c"));
    out.write(utf8("d"));
    output.flush();
    output.flush();
    assertEquals(List.of("stdout:ab", "stderr:c", "stdout:d"), pieces);
  }

  @Test
  void aCharacterIsNeverCut() throws IOException {
    byte[] euro = utf8("€");
    out.write('x');
    out.write(euro, 0, 2);
    output.flush();
    out.write(euro, 2, 1);
    output.flush();
    assertEquals(List.of("stdout:x", "stdout:€"), pieces);
  }

  @Test
  void bytesThatAreNoTextAreReplaced() throws IOException {
    out.write(new byte[] {'a', (byte) 0xff, 'b'});
    output.flush();
    assertEquals(List.of("stdout:a\ufffdb"), pieces);
  }

  @Test
  void muchTextDoesNotWaitForAFlush() throws IOException {
    out.write(utf8("x".repeat(1 << 16)));
    assertEquals(1, pieces.size());
  }
}
