package io.tritter.optim;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The gradients of a model, each as {@link TernaryBlocks}: what one worker sends to the others.
 * {@code io.tritter.format.GradientMessage} has the bytes.
 *
 * @param seed that the sample of each gradient was taken with
 * @param blocks in the order of {@code shapes}
 */
public record CompressedGradients(ParameterShapes shapes, long seed, List<TernaryBlocks> blocks) {

  public CompressedGradients {
    blocks = List.copyOf(blocks);
    if (blocks.size() != shapes.count()) {
      throw Check.expected("blocks", shapes.count() + " tensors", blocks.size());
    }
    for (int i = 0; i < blocks.size(); i++) {
      long elements = 1;
      for (int n : shapes.shape(i)) {
        elements = Math.multiplyExact(elements, n);
      }
      if (blocks.get(i).size() != elements) {
        throw Check.expected(shapes.name(i), elements + " elements", blocks.get(i).size());
      }
    }
  }

  /** Bytes of the blocks alone. */
  public long sizeBytes() {
    return blocks.stream().mapToLong(TernaryBlocks::sizeBytes).sum();
  }

  /** The gradients, most of them zero, by name. */
  public Map<String, Tensor> decompress() {
    return mean(List.of(this));
  }

  /**
   * The mean of the gradients of several workers, added up from their blocks.
   *
   * @throws IllegalArgumentException for none, and for other names or shapes than the first ones
   */
  public static Map<String, Tensor> mean(List<CompressedGradients> workers) {
    Check.atLeast("workers", workers.size(), 1);
    ParameterShapes shapes = workers.getFirst().shapes;
    for (CompressedGradients worker : workers) {
      worker.requireSame(shapes);
    }
    List<Tensor> sums = shapes.zeros();
    for (CompressedGradients worker : workers) {
      for (int i = 0; i < sums.size(); i++) {
        worker.blocks.get(i).addTo(sums.get(i), 1f / workers.size());
      }
    }
    return shapes.named(sums);
  }

  private void requireSame(ParameterShapes wanted) {
    Check.atLeast("parameters", shapes.count(), wanted.count());
    for (int i = 0; i < shapes.count(); i++) {
      boolean known = i < wanted.count() && shapes.name(i).equals(wanted.name(i));
      if (!known || !Arrays.equals(shapes.shape(i), wanted.shape(i))) {
        throw Check.expected(
            "gradients", "the names and shapes of the first worker", shapes.name(i));
      }
    }
  }

  /** Compares what is left with the gradients that this was made of. */
  public CompressionReport report(Map<String, Tensor> gradients) {
    List<Tensor> estimates = new ArrayList<>(decompress().values());
    return CompressionReport.of(shapes.gradients(gradients), estimates, sizeBytes());
  }
}
