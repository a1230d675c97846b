package io.tritter.optim;

import io.tritter.kernel.Kernels;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All gradients of a model, each compressed by a {@link SparseProjection} of its own.
 *
 * <p>Sketches of the same parameters with the same ratio and seed merge by addition, without being
 * decompressed: the result is the sketch of the summed gradients. The order of the parameters makes
 * no difference.
 */
public final class GradientSketch {
  private final ParameterShapes shapes;
  private final List<SparseProjection> projections;
  private final ParameterShapes sketchShapes;
  private final List<Tensor> sketches;

  private GradientSketch(
      ParameterShapes shapes, List<SparseProjection> projections, List<Tensor> sketches) {
    this.shapes = shapes;
    this.projections = projections;
    this.sketches = sketches;
    this.sketchShapes = shapesOf(shapes.named(sketches));
  }

  /**
   * What a sketch saves and costs.
   *
   * @param cosine of the angle between all gradients and their estimates; about the root of the
   *     ratio for gradients without structure
   */
  public record Report(long originalBytes, long sketchBytes, double cosine) {
    /** Bytes of the sketch for each byte of the gradients. */
    public double ratio() {
      return sketchBytes / (double) originalBytes;
    }
  }

  /**
   * The sketch of a set of gradients.
   *
   * @param ratio numbers of the sketch for each number of a gradient: above 0, at most 1
   * @throws IllegalArgumentException for another ratio, no gradients, or one that is not finite
   */
  public static GradientSketch of(Map<String, Tensor> gradients, double ratio, long seed) {
    ParameterShapes shapes = shapesOf(gradients);
    List<SparseProjection> projections = new ArrayList<>();
    List<Tensor> sketches = new ArrayList<>();
    List<Tensor> ordered = shapes.gradients(gradients);
    for (int i = 0; i < ordered.size(); i++) {
      Tensor gradient = ordered.get(i);
      projections.add(SparseProjection.ofRatio(gradient.size(), ratio, seed, shapes.name(i)));
      sketches.add(projections.get(i).compress(gradient));
    }
    return new GradientSketch(shapes, projections, sketches);
  }

  private static ParameterShapes shapesOf(Map<String, Tensor> tensors) {
    return ParameterShapes.of(
        List.copyOf(tensors.keySet()), tensors.values().stream().map(Tensor::shape).toList());
  }

  /**
   * Adds another sketch to this one.
   *
   * @throws IllegalArgumentException for other parameters, another ratio or another seed
   */
  public void add(GradientSketch other) {
    if (other.projections.size() != projections.size()
        || !other.projections.containsAll(projections)) {
      throw Check.expected(
          "sketch", "the projections " + projections, "the projections " + other.projections);
    }
    List<Tensor> addends = sketchShapes.inOrder(other.compressed());
    for (int i = 0; i < sketches.size(); i++) {
      sketches.get(i).axpby(1, addends.get(i), 1);
    }
  }

  /** The compressed gradients by name; live. */
  public Map<String, Tensor> compressed() {
    return shapes.named(sketches);
  }

  /** Estimates of the gradients, unbiased over seeds. */
  public Map<String, Tensor> decompress() {
    return shapes.named(estimates());
  }

  private List<Tensor> estimates() {
    List<Tensor> estimates = new ArrayList<>();
    for (int i = 0; i < sketches.size(); i++) {
      estimates.add(projections.get(i).decompress(sketches.get(i), shapes.shape(i)));
    }
    return estimates;
  }

  /** Compares the sketch with the gradients that it was made of. */
  public Report report(Map<String, Tensor> gradients) {
    List<Tensor> originals = shapes.gradients(gradients);
    List<Tensor> estimates = estimates();
    double product = 0;
    double squares = 0;
    double estimatedSquares = 0;
    for (int i = 0; i < originals.size(); i++) {
      product += dot(originals.get(i), estimates.get(i));
      squares += dot(originals.get(i), originals.get(i));
      estimatedSquares += dot(estimates.get(i), estimates.get(i));
    }
    double norms = Math.sqrt(squares) * Math.sqrt(estimatedSquares);
    return new Report(
        shapes.elements() * Float.BYTES,
        sketchShapes.elements() * Float.BYTES,
        norms == 0 ? 0 : product / norms);
  }

  private static double dot(Tensor x, Tensor y) {
    return Kernels.active().dot(x.data(), y.data(), x.size());
  }
}
