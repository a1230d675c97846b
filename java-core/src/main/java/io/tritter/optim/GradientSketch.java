package io.tritter.optim;

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
    this.sketchShapes = ParameterShapes.ofTensors(shapes.named(sketches));
  }

  /**
   * The sketch of a set of gradients.
   *
   * @param ratio numbers of the sketch for each number of a gradient: above 0, at most 1
   * @throws IllegalArgumentException for another ratio, no gradients, or one that is not finite
   */
  public static GradientSketch of(Map<String, Tensor> gradients, double ratio, long seed) {
    ParameterShapes shapes = ParameterShapes.ofTensors(gradients);
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
  public CompressionReport report(Map<String, Tensor> gradients) {
    return CompressionReport.of(
        shapes.gradients(gradients), estimates(), sketchShapes.elements() * Float.BYTES);
  }
}
