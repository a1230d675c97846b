package io.tritter.optim;

import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compresses the gradients of one worker, step after step, to about the largest of each as {@link
 * TernaryBlocks}. What a step leaves out is added to the next gradient (error feedback, Seide et
 * al., 2014), so that nothing is lost, only late.
 *
 * <p>Holds 1 float a parameter. The same gradients and seed give the same bytes, whatever the order
 * of the parameters.
 */
public final class GradientCompressor {
  private final ParameterShapes shapes;
  private final double ratio;
  private final long seed;
  private final List<Tensor> errors;

  /**
   * A compressor that has left out nothing yet.
   *
   * @param ratio share of the elements that are kept, above 0, at most 1; at 0.09 the bytes are
   *     about a 32nd
   * @param seed of the places where each gradient is looked at for its threshold
   */
  public GradientCompressor(ParameterShapes shapes, double ratio, long seed) {
    SparseProjection.checkRatio(ratio);
    this.shapes = shapes;
    this.ratio = ratio;
    this.seed = seed;
    this.errors = shapes.zeros();
  }

  /**
   * The largest elements of the gradients and of what earlier steps have left out, together.
   *
   * @throws IllegalArgumentException for a gradient that is missing, unknown, of another shape or
   *     not finite; nothing has changed then
   */
  public CompressedGradients compress(Map<String, Tensor> gradients) {
    List<Tensor> ordered = shapes.gradients(gradients);
    List<TernaryBlocks> blocks = new ArrayList<>();
    for (int i = 0; i < ordered.size(); i++) {
      Tensor error = errors.get(i);
      long key = SplitMix.key(seed, shapes.name(i));
      float threshold = TopFraction.threshold(error, ordered.get(i), ratio, key);
      blocks.add(TernaryBlocks.take(error, ordered.get(i), threshold));
    }
    return new CompressedGradients(shapes, seed, blocks);
  }

  /** The same of gradients alone, without a memory of what is left out. */
  public static CompressedGradients once(Map<String, Tensor> gradients, double ratio, long seed) {
    SparseProjection.checkRatio(ratio);
    ParameterShapes shapes = ParameterShapes.ofTensors(gradients);
    List<TernaryBlocks> blocks = new ArrayList<>();
    List<Tensor> ordered = shapes.gradients(gradients);
    for (int i = 0; i < ordered.size(); i++) {
      long key = SplitMix.key(seed, shapes.name(i));
      float threshold = TopFraction.threshold(ordered.get(i), ratio, key);
      blocks.add(TernaryBlocks.of(ordered.get(i), threshold));
    }
    return new CompressedGradients(shapes, seed, blocks);
  }

  /** What was left out so far; its tensors are live. */
  public State state() {
    return new State(shapes.named("error.", errors), Map.of());
  }

  /**
   * Goes on from a saved state.
   *
   * @throws IllegalArgumentException for a state that does not fit; nothing has changed then
   */
  public void load(State state) {
    List<Tensor> saved = shapes.from(state, "error.");
    for (int i = 0; i < saved.size(); i++) {
      errors.get(i).copyFrom(saved.get(i));
    }
  }
}
