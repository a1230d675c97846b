package io.tritter.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.FileSystem;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;

/**
 * A GraalPy context in which {@code import tritter_accel} works.
 *
 * <pre>{@code
 * try (PythonHost python = PythonHost.sandboxed().open()) {
 *   double ratio = python.eval("import tritter_accel; ...").asDouble();
 * }
 * }</pre>
 *
 * <p>Python sees of Java the members of {@link Bridge} that carry {@link HostAccess.Export}, and
 * nothing else, whoever runs it. Beyond that a {@link #trusted} script has what any Python script
 * has; a {@link #sandboxed} one has no file but the package's own, no thread, process, environment
 * or native memory, and as much time and room for arrays as the {@link Builder} says.
 */
public final class PythonHost implements AutoCloseable {
  /** The polyglot binding under which {@code tritter_accel._host} finds its {@link Bridge}. */
  static final String BINDING = "tritter";

  private static final String PYTHON = "python";
  private static final int SIGINT = 2;
  private static final long DEFAULT_MEMORY_BYTES = 1L << 30;

  /** Annotated members; Java arrays that they return can be read. */
  private static final HostAccess ACCESS =
      HostAccess.newBuilder(HostAccess.EXPLICIT).allowArrayAccess(true).build();

  private final Context context;
  private final @Nullable Duration timeLimit;

  private PythonHost(Context context, @Nullable Duration timeLimit) {
    this.context = context;
    this.timeLimit = timeLimit;
  }

  /** For a script of the user's own: files, threads, processes, environment, native memory. */
  public static Builder trusted() {
    return new Builder(true);
  }

  /** For code of unknown origin: {@code tritter_accel} and the standard library only. */
  public static Builder sandboxed() {
    return new Builder(false);
  }

  /**
   * Runs Python code; the value is that of the last line if it is an expression.
   *
   * @throws CancellationException past the {@link Builder#timeLimit}; the host is closed then
   */
  public Value eval(String code) {
    return timeLimit == null
        ? context.eval(PYTHON, code)
        : Deadline.within(timeLimit, context, () -> context.eval(PYTHON, code));
  }

  /** Runs Python code that comes with this class. */
  public Value evalResource(String name) {
    try (InputStream in = PythonHost.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + ": missing beside " + PythonHost.class);
      }
      String code = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return context.eval(
          Source.newBuilder(PYTHON, code, "<tritter>/" + name).internal(true).build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Raises KeyboardInterrupt in Python's main thread, as Ctrl-C does; needs {@link
   * Builder#interruptible}.
   */
  public static void interrupt() {
    CLibrary.call("raise", SIGINT);
  }

  /** The GraalPy context, for what this class does not offer. */
  public Context context() {
    return context;
  }

  /** Runs exit handlers, flushes the streams and frees the context. */
  @Override
  public void close() {
    try {
      context.close();
    } catch (PolyglotException e) {
      if (!e.isCancelled()) { // past the time limit, the host has ended already
        throw e;
      }
    }
  }

  /** How a host is set up. */
  public static final class Builder {
    private final boolean trusted;
    private final List<Path> path = new ArrayList<>();
    private final Context.Builder context = Context.newBuilder(PYTHON);
    private @Nullable Duration timeLimit;
    private long memoryLimit = DEFAULT_MEMORY_BYTES;

    private Builder(boolean trusted) {
      this.trusted = trusted;
    }

    /** Adds a folder to {@code sys.path}; a sandboxed script may read what is in it. */
    public Builder path(Path folder) {
      path.add(folder);
      return this;
    }

    /** The standard streams of Python; those of the JVM otherwise. */
    public Builder streams(InputStream in, OutputStream out, OutputStream err) {
      context.in(in).out(out).err(err);
      return this;
    }

    /**
     * Closes the host when one {@link PythonHost#eval} takes longer, whatever Python catches. It
     * waits for the end of a call into Java, and does not see what runs through {@link Value}s.
     */
    public Builder timeLimit(Duration limit) {
      timeLimit = limit;
      return this;
    }

    /**
     * What arrays, models and trainers of a sandboxed script may take together, outside the heap; 1
     * GiB if nothing is said. Python's own objects are in the heap of the JVM, and not counted.
     */
    public Builder memoryLimit(long bytes) {
      memoryLimit = bytes;
      return this;
    }

    /** SIGINT raises KeyboardInterrupt in Python's main thread: for a program that owns the JVM. */
    public Builder interruptible() {
      return option("python.InstallSignalHandlers", "true");
    }

    /** Sets an option of GraalPy or of the engine. */
    Builder option(String name, String value) {
      context.allowExperimentalOptions(true).option(name, value);
      return this;
    }

    /** Starts the context: about a second. */
    public PythonHost open() {
      path.add(SourceTree.root().resolve("python/src"));
      List<Path> folders = path.stream().map(Builder::real).toList();
      String joined = folders.stream().map(Path::toString).collect(Collectors.joining(":"));
      context
          .allowExperimentalOptions(true)
          .option("python.PythonPath", joined)
          .option("engine.WarnInterpreterOnly", "false")
          .allowHostAccess(ACCESS)
          .allowPolyglotAccess(PolyglotAccess.newBuilder().allowBindingsAccess(PYTHON).build());
      if (trusted) {
        context
            .allowIO(IOAccess.ALL)
            .allowCreateThread(true)
            .allowCreateProcess(true)
            .allowEnvironmentAccess(EnvironmentAccess.INHERIT)
            .allowNativeAccess(true);
      } else {
        context.allowIO(IOAccess.newBuilder().fileSystem(readOnly(folders)).build());
      }
      Bridge bridge = trusted ? new Bridge(true) : Bridge.sandboxed(memoryLimit);
      Context opened = context.build();
      opened.getPolyglotBindings().putMember(BINDING, bridge);
      return new PythonHost(opened, timeLimit);
    }

    /** Files below the folders can be read, and Python's own library; the rest does not exist. */
    private static FileSystem readOnly(List<Path> folders) {
      FileSystem readable = FileSystem.newReadOnlyFileSystem(FileSystem.newDefaultFileSystem());
      FileSystem selected =
          FileSystem.newCompositeFileSystem(
              FileSystem.newDenyIOFileSystem(),
              FileSystem.Selector.of(
                  readable,
                  file ->
                      folders.stream().anyMatch(file.toAbsolutePath().normalize()::startsWith)));
      return FileSystem.allowInternalResourceAccess(selected);
    }

    private static Path real(Path folder) {
      try {
        return folder.toRealPath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
