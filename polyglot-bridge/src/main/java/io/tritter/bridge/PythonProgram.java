package io.tritter.bridge;

import java.util.List;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/**
 * Python as a program: {@code sys.argv}, {@code __main__}, tracebacks and exit codes as a user of
 * {@code python} knows them. SIGINT raises KeyboardInterrupt in the script.
 */
final class PythonProgram implements AutoCloseable {
  private final PythonHost host;
  private final Value runner;

  private PythonProgram(PythonHost host) {
    this.host = host;
    this.runner = host.evalResource("run.py");
  }

  static PythonProgram open() {
    return open(PythonHost.trusted());
  }

  /**
   * For a script whose time goes into Java: its Python stays interpreted. On two cores Graal would
   * keep both from compiling the kernels for the first half minute.
   */
  static PythonProgram openInterpreted() {
    PythonHost.Builder host = PythonHost.trusted();
    return open(PythonRuntime.canCompile() ? host.option("engine.Compilation", "false") : host);
  }

  private static PythonProgram open(PythonHost.Builder host) {
    PythonProgram program = new PythonProgram(host.interruptible().open());
    program
        .runner
        .getHashValue("terminals")
        .executeVoid(
            StandardStreams.isTerminal(StandardStreams.IN),
            StandardStreams.isTerminal(StandardStreams.OUT),
            StandardStreams.isTerminal(StandardStreams.ERR));
    return program;
  }

  /** For tests: a host with streams of its own. */
  static PythonProgram on(PythonHost host) {
    return new PythonProgram(host);
  }

  /** Runs the file {@code argv[0]}; returns its exit code. */
  int script(List<String> argv) {
    return run("script", argv.get(0), argv);
  }

  int module(String name, List<String> arguments) {
    return run("module", name, arguments);
  }

  int code(String code, List<String> arguments) {
    return run("code", code, arguments);
  }

  int standardInput(List<String> arguments) {
    return run("standard_input", "-", arguments);
  }

  /**
   * A prompt.
   *
   * @param readLine Python calls it with the prompt; returns the line, or null at the end
   * @param completer receives the function that completes a word, {@code (word, state) -> text}
   */
  int prompt(ProxyExecutable readLine, ProxyExecutable completer) {
    return exitCode(() -> runner.getHashValue("prompt").execute(readLine, completer));
  }

  private int run(String how, String what, List<String> arguments) {
    Object[] copy = arguments.toArray();
    return exitCode(() -> runner.getHashValue(how).execute(what, ProxyArray.fromArray(copy)));
  }

  /** A hard exit of the context ({@code os._exit}) arrives as an exception. */
  private static int exitCode(java.util.function.Supplier<Value> program) {
    try {
      return program.get().asInt();
    } catch (PolyglotException e) {
      if (e.isExit()) {
        return e.getExitStatus();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    host.close();
  }
}
