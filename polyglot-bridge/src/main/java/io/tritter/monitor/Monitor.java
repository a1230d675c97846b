package io.tritter.monitor;

import io.tritter.run.RunFollower;
import io.tritter.run.RunStatus;
import java.io.IOException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/** Shows a run on a terminal until it is told to end; then the terminal is as it was before. */
final class Monitor {
  private static final int LOOK_MILLIS = 200;
  private static final int ESCAPE_MILLIS = 50;
  private static final int ESCAPE = 27;
  private static final int CTRL_C = 3;

  private final Terminal terminal;
  private final RunFollower run;
  private final boolean unicode;
  private final Attributes before;
  private final Thread hook = new Thread(this::restore, "tritter-monitor-end");
  private boolean restored;
  private volatile boolean quit;
  private View view;

  private Monitor(Terminal terminal, RunFollower run, View view, boolean unicode) {
    this.terminal = terminal;
    this.run = run;
    this.view = view;
    this.unicode = unicode;
    this.before = terminal.enterRawMode();
  }

  /** Takes the terminal over, and gives it back when a key, Ctrl-C or a signal ends it. */
  static void show(Terminal terminal, RunFollower run, View view, boolean unicode)
      throws IOException {
    Monitor monitor = new Monitor(terminal, run, view, unicode);
    Runtime.getRuntime().addShutdownHook(monitor.hook);
    terminal.handle(Terminal.Signal.INT, signal -> monitor.quit = true);
    try {
      terminal.puts(Capability.enter_ca_mode);
      terminal.puts(Capability.cursor_invisible);
      monitor.loop();
    } finally {
      monitor.restore();
      monitor.removeHook();
    }
  }

  private void loop() throws IOException {
    Display display = new Display(terminal, true);
    Size drawn = new Size();
    View shown = view;
    RunStatus status = run.status();
    while (!quit) {
      boolean changed = run.poll();
      Size size = terminal.getSize();
      if (changed) {
        status = run.status();
      }
      if (!size.equals(drawn)) {
        display.resize(size.getRows(), size.getColumns());
        display.clear();
        changed = true;
      }
      if (changed || view != shown) {
        display.update(view.lines(status, size.getColumns(), size.getRows(), unicode), 0);
      }
      drawn = size;
      shown = view;
      key(terminal.reader());
    }
  }

  /** Waits a moment for a key. */
  private void key(NonBlockingReader reader) throws IOException {
    int key = reader.read(LOOK_MILLIS);
    switch (key) {
      case 'q', 'Q', CTRL_C, NonBlockingReader.EOF -> quit = true;
      case 'l', '\t' -> view = view.next(1);
      case 'h' -> view = view.next(-1);
      case ESCAPE -> arrow(reader);
      default -> {
        if (key >= '1' && key < '1' + View.ALL.size()) {
          view = View.ALL.get(key - '1');
        }
      }
    }
  }

  /** The rest of an arrow key: {@code [C} or {@code OC} for right, with D for left. */
  private void arrow(NonBlockingReader reader) throws IOException {
    int bracket = reader.read(ESCAPE_MILLIS);
    if (bracket == '[' || bracket == 'O') {
      int letter = reader.read(ESCAPE_MILLIS);
      view = view.next(letter == 'C' ? 1 : letter == 'D' ? -1 : 0);
    }
  }

  private synchronized void restore() {
    if (!restored) {
      restored = true;
      terminal.puts(Capability.exit_ca_mode);
      terminal.puts(Capability.cursor_normal);
      terminal.flush();
      terminal.setAttributes(before);
    }
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending by itself.
    }
  }
}
