package io.tritter.benchmarks.peers;

import io.tritter.ternary.PackedTrits;
import io.tritter.vsa.Binding;
import io.tritter.vsa.Hypervector;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Vectors of trits, which arrive as int8. */
final class Hypervectors {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of(
          "trit-dot",
          Hypervectors::dot,
          "bind-modular",
          r -> bind(r, Binding.MODULAR),
          "bind-product",
          r -> bind(r, Binding.PRODUCT),
          "bundle",
          Hypervectors::bundle);

  private Hypervectors() {}

  private static Hypervector vector(Request r, int i) {
    return Hypervector.of(PackedTrits.of(r.bytes(i)));
  }

  /** Inputs a, b; output int64 [1]. */
  private static List<Implementation> dot(Request r) {
    Hypervector a = vector(r, 0);
    Hypervector b = vector(r, 1);
    long[] out = new long[1];
    return List.of(
        new Implementation(
            Implementation.OURS,
            () -> out[0] = a.dot(b),
            () -> {
              MemorySegment s = MemorySegment.ofArray(out);
              return List.of(s);
            }));
  }

  /** Inputs a, b. */
  private static List<Implementation> bind(Request r, Binding law) {
    Hypervector a = vector(r, 0);
    Hypervector b = vector(r, 1);
    return vectors(() -> law.bind(a, b));
  }

  /** Inputs a, b, c. */
  private static List<Implementation> bundle(Request r) {
    List<Hypervector> all = List.of(vector(r, 0), vector(r, 1), vector(r, 2));
    return vectors(() -> Hypervector.bundle(all));
  }

  private static List<Implementation> vectors(Supplier<Hypervector> call) {
    Hypervector[] out = new Hypervector[] {call.get()};
    return List.of(
        new Implementation(
            Implementation.OURS,
            () -> out[0] = call.get(),
            () -> List.of(MemorySegment.ofArray(out[0].trits().toInt8()))));
  }
}
