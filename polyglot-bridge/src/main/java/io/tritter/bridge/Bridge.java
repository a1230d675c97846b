package io.tritter.bridge;

import io.tritter.cli.TritterCommand;
import io.tritter.format.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.graalvm.polyglot.HostAccess;

/**
 * All that Python sees of Java: one member an area, the same from GraalPy and from CPython.
 *
 * <p>The conventions of every call, which {@code tritter_accel._call} follows on the other side:
 *
 * <ul>
 *   <li>An array is two arguments, {@code long address, long size} with the size in elements. Its
 *       element type is the one that the call documents; {@link Memory} checks the size against the
 *       shape. A list of arrays is a {@code long[]} of each.
 *   <li>Results are written to arrays that Python allocated, which come last.
 *   <li>A handle is a core object such as {@code BitLinear}: Python can pass it back, not look in.
 *   <li>No type of {@code org.graalvm} but the annotation: JPype calls the same methods.
 * </ul>
 */
public final class Bridge {
  private final Memory memory;
  private final FileAccess files;

  /**
   * The calls of one Python context.
   *
   * @param trusted whether addresses of its own and paths are accepted
   */
  public Bridge(boolean trusted) {
    this(trusted, Long.MAX_VALUE);
  }

  private Bridge(boolean trusted, long memoryBytes) {
    memory = new Memory(trusted, memoryBytes);
    files = new FileAccess(trusted);
  }

  /**
   * The calls for a script of unknown origin: no files, no addresses of its own.
   *
   * @param memoryBytes what arrays, models and trainers may take together
   */
  public static Bridge sandboxed(long memoryBytes) {
    return new Bridge(false, memoryBytes);
  }

  @HostAccess.Export
  public Memory memory() {
    return memory;
  }

  @HostAccess.Export
  public DeviceCalls devices() {
    return new DeviceCalls();
  }

  @HostAccess.Export
  public BitLinearCalls bitLinear() {
    return new BitLinearCalls(memory);
  }

  @HostAccess.Export
  public TernaryCalls ternary() {
    return new TernaryCalls(memory);
  }

  @HostAccess.Export
  public KernelCalls kernels() {
    return new KernelCalls(memory);
  }

  @HostAccess.Export
  public SequenceCalls sequences() {
    return new SequenceCalls(memory);
  }

  @HostAccess.Export
  public TrainerCalls trainer() {
    return new TrainerCalls(memory);
  }

  @HostAccess.Export
  public HybridCalls hybrid() {
    return new HybridCalls(memory);
  }

  @HostAccess.Export
  public CompressionCalls compression() {
    return new CompressionCalls(memory);
  }

  @HostAccess.Export
  public VsaCalls vsa() {
    return new VsaCalls(memory);
  }

  @HostAccess.Export
  public StructureCalls structures() {
    return new StructureCalls(memory);
  }

  @HostAccess.Export
  public LayoutCalls layouts() {
    return new LayoutCalls(memory);
  }

  @HostAccess.Export
  public QuantCalls quantization() {
    return new QuantCalls(memory, files);
  }

  @HostAccess.Export
  public ModelCalls models() {
    return new ModelCalls(memory, files);
  }

  @HostAccess.Export
  public AdapterCalls adapters() {
    return new AdapterCalls(memory, files);
  }

  @HostAccess.Export
  public PresetCalls presets() {
    return new PresetCalls();
  }

  @HostAccess.Export
  public GenerationCalls generation() {
    return new GenerationCalls(memory, files);
  }

  @HostAccess.Export
  public TextCalls texts() {
    return new TextCalls(memory, files);
  }

  @HostAccess.Export
  public DataCalls data() {
    return new DataCalls(memory, files);
  }

  @HostAccess.Export
  public RunCalls runs() {
    return new RunCalls(files);
  }

  @HostAccess.Export
  public TrainingCalls trainings() {
    return new TrainingCalls(files);
  }

  /** The version of the Java side. */
  @HostAccess.Export
  public String version() {
    return TritterCommand.version();
  }

  /**
   * Which Python exception stands for a Java one: {@code value, permission, os, memory, runtime}.
   */
  @HostAccess.Export
  public String faultKind(Throwable fault) {
    if (fault instanceof IllegalArgumentException || fault instanceof FormatException) {
      return "value";
    }
    if (fault instanceof AccessDeniedException) {
      return "permission";
    }
    if (fault instanceof NoSuchFileException) {
      return "missing";
    }
    if (fault instanceof IOException || fault instanceof UncheckedIOException) {
      return "os";
    }
    return fault instanceof OutOfMemoryError ? "memory" : "runtime";
  }

  /** The message for it; where there is nothing but a type, the type. */
  @HostAccess.Export
  public String faultMessage(Throwable fault) {
    String message = fault.getMessage();
    if (fault instanceof FileSystemException file && file.getReason() == null) {
      return switch (file) {
        case NoSuchFileException missing -> missing.getFile() + ": no such file";
        case AccessDeniedException denied -> denied.getFile() + ": permission denied";
        case FileAlreadyExistsException there -> there.getFile() + ": there is a file of this name";
        default -> file.getClass().getSimpleName() + ": " + message;
      };
    }
    if (message != null
        && (faultKind(fault).equals("value") || fault instanceof FileSystemException)) {
      return message;
    }
    String type = fault.getClass().getSimpleName();
    return message == null ? type : type + ": " + message;
  }
}
