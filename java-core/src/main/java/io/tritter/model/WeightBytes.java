package io.tritter.model;

import io.tritter.adapter.AdaptedLinear;
import io.tritter.bitnet.BitLinear;
import io.tritter.nn.EncodedLinear;
import io.tritter.nn.EncodedMatrix;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import java.util.List;
import java.util.stream.Stream;

/** Bytes of the weights of a model as they are held. */
final class WeightBytes {
  private WeightBytes() {}

  static long of(Transformer model) {
    List<Parameter> own = model.ownParameters();
    List<Parameter> learning = model.parameters();
    long bytes = Float.BYTES * (floats(own) + (own.equals(learning) ? 0 : floats(learning)));
    EncodedMatrix table = model.embedding().tokens().encoded();
    bytes += table == null ? 0 : table.sizeBytes();
    Stream<Linear> matrices = model.blocks().stream().flatMap(b -> b.linears().stream());
    bytes += matrices.mapToLong(WeightBytes::of).sum();
    return bytes + (model.config().tiedEmbeddings() ? 0 : of(model.head()));
  }

  private static long floats(List<Parameter> parameters) {
    return parameters.stream().mapToLong(p -> p.value().size()).sum();
  }

  /** What is not a parameter of the model. */
  private static long of(Linear linear) {
    return switch (linear) {
      case AdaptedLinear a -> of(a.base()) + Float.BYTES * floats(a.base().parameters());
      case BitLinear b -> b.sizeBytes();
      case EncodedLinear e -> e.weight().sizeBytes();
      default -> 0;
    };
  }
}
