package io.tritter.bridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.graalvm.polyglot.Value;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/** The Python prompt on a terminal: line editing, history of the session, completion with Tab. */
final class Prompt {
  /** What Python is told when Ctrl-C was typed. */
  private static final String INTERRUPT = "\u0003";

  private static final String INT = "INT";
  private static final int MOST_CANDIDATES = 200;

  private final LineReader reader;

  /** Python's. JLine has Ctrl-C while a line is read, and leaves none behind. */
  private final Object interruptHandler;

  private @Nullable Value complete;

  private Prompt(Terminal terminal, Object interruptHandler) {
    this.interruptHandler = interruptHandler;
    reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("tritter")
            .completer(this::candidates)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.INSERT_TAB, true)
            .build();
  }

  static int run(PythonProgram python) {
    Object handler = Signals.register(INT, () -> {});
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      Prompt prompt = new Prompt(terminal, handler);
      return python.prompt(
          arguments -> prompt.line(arguments[0].asString()),
          arguments -> {
            prompt.complete = arguments[0];
            return true;
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable String line(String prompt) {
    try {
      return reader.readLine(prompt);
    } catch (UserInterruptException e) {
      return INTERRUPT;
    } catch (EndOfFileException e) {
      return null;
    } finally {
      Signals.unregister(INT, interruptHandler);
    }
  }

  private void candidates(LineReader from, ParsedLine line, List<Candidate> candidates) {
    Value function = complete;
    if (function == null || line.word().isEmpty()) {
      return;
    }
    for (int state = 0; state < MOST_CANDIDATES; state++) {
      Value text = function.execute(line.word(), state);
      if (text.isNull()) {
        return;
      }
      candidates.add(
          new Candidate(text.asString(), text.asString(), null, null, null, null, false));
    }
  }
}
