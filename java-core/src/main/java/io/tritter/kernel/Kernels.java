package io.tritter.kernel;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every hot operation of the system on raw memory with explicit sizes: the one service interface.
 *
 * <p>Memory segments are <em>native</em>, in the byte order of the machine, float32 unless a
 * comment says otherwise, and hold matrices row by row. Heap segments are refused: C2 compiles a
 * hot loop well for one class of segment only (docs/benchmarks.md has the figures). Trit planes are
 * {@code long[]}, bit d%64 of word d/64.
 *
 * <p>Gradients of activations are written, gradients of parameters are added to. A result depends
 * neither on the thread count nor, for integers, on the backend or the vector width.
 */
public interface Kernels extends DenseKernels, EncodedKernels, SequenceKernels, TernaryKernels {
  /**
   * The name that the property {@code tritter.kernels} selects: {@code scalar}, {@code simd},
   * {@code native}.
   */
  String name();

  /** One line for {@code tritter info}: what the backend runs on. */
  String description();

  /** Where it computes what is large: {@code cpu}, or {@code gpu} for a device of its own. */
  default String device() {
    return "cpu";
  }

  /** The same with everything on its device that it has for it, however small. */
  default Kernels always() {
    return this;
  }

  /**
   * Mean of {@code -log softmax(logits)[target]} over the rows whose target is not ignored; 0 if
   * all are.
   *
   * @param logits [rows, classes]
   * @param targets int32 [rows]
   * @param dlogits [rows, classes] written with the gradient, may be {@code logits}; {@link
   *     MemorySegment#NULL} when only the loss is wanted
   * @return the loss in nats
   * @throws IllegalArgumentException for a target outside 0..classes-1 that is not ignoreIndex
   */
  double crossEntropy(
      MemorySegment logits,
      MemorySegment targets,
      MemorySegment dlogits,
      int rows,
      int classes,
      int ignoreIndex);

  /**
   * {@link #crossEntropy} of the logits {@code hidden weight^T}, of which only some rows exist at a
   * time: at most 32 MiB, or 16 rows.
   *
   * @param hidden [rows, dim]
   * @param weight [classes, dim]
   * @param targets int32 [rows]
   * @param dhidden [rows, dim] written, not {@code hidden}; {@link MemorySegment#NULL} when only
   *     the loss is wanted
   * @param dweight [classes, dim] added to; not looked at when only the loss is wanted
   */
  double linearCrossEntropy(
      MemorySegment hidden,
      MemorySegment weight,
      MemorySegment targets,
      MemorySegment dhidden,
      MemorySegment dweight,
      int rows,
      int dim,
      int classes,
      int ignoreIndex);

  /**
   * One update of AdamW (Loshchilov and Hutter, 2019), PyTorch's order of operations, or of its
   * relatives that {@link AdamWStep} describes; one pass, and one before it to count with a mask.
   *
   * @param gradientScale multiplies the gradient first; global-norm clipping passes it
   */
  void adamW(
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment firstMoment,
      MemorySegment secondMoment,
      long n,
      AdamWStep step,
      float gradientScale);

  /**
   * The backend in use: that of {@link #use}, else the one named by the property {@code
   * tritter.kernels} ({@code gpu} is the best of that device), else the best.
   */
  static Kernels active() {
    Kernels used = Backends.USED.get();
    return used == null ? Backends.ACTIVE : used;
  }

  /** Makes a backend the {@link #active} one of this thread; null ends that. */
  static void use(@Nullable Kernels kernels) {
    Backends.USED.set(kernels);
  }

  /** All backends of this JVM, best first. */
  static List<Kernels> available() {
    return Backends.AVAILABLE;
  }

  /**
   * The best backend of a {@link #device}.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Kernels on(String device) {
    return Backends.on(device, Backends.AVAILABLE);
  }

  /** Classes of backends of other modules that refuse to work here, each with its reason. */
  static Map<String, String> refused() {
    return Backends.REFUSED;
  }

  /** Why the backend {@code native} is not available; empty where it is. */
  static String withoutNative() {
    return Backends.WITHOUT_NATIVE;
  }
}
