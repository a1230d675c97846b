package io.tritter.benchmarks.peers;

import io.tritter.benchmarks.Memory;
import io.tritter.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Gated recurrent units. */
final class Recurrent {
  static final Map<String, Function<Request, List<Implementation>>> OPERATIONS =
      Map.of("gru", Recurrent::gru, "gru-backward", Recurrent::gruBackward);

  private Recurrent() {}

  /** Inputs x, h0, w_ih, w_hh, b_ih, b_hh. */
  private static List<Implementation> gru(Request r) {
    long states = (long) r.size("batch") * r.size("steps") * r.size("hidden");
    MemorySegment out = Memory.words(states);
    MemorySegment gates = Memory.words(4 * states);
    return Implementation.ours(forward(r, out, gates), out);
  }

  private static Runnable forward(Request r, MemorySegment out, MemorySegment gates) {
    int batch = r.size("batch");
    int steps = r.size("steps");
    int inputs = r.size("inputs");
    int hidden = r.size("hidden");
    MemorySegment x = r.input(0);
    MemorySegment h0 = r.input(1);
    MemorySegment wIh = r.input(2);
    MemorySegment wHh = r.input(3);
    MemorySegment bIh = r.input(4);
    MemorySegment bHh = r.input(5);
    Kernels kernels = Kernels.active();
    return () -> kernels.gru(x, h0, wIh, wHh, bIh, bHh, out, gates, batch, steps, inputs, hidden);
  }

  /** Inputs as above and dout; a forward and a backward pass, gradients of x and the matrices. */
  private static List<Implementation> gruBackward(Request r) {
    int batch = r.size("batch");
    int steps = r.size("steps");
    int inputs = r.size("inputs");
    int hidden = r.size("hidden");
    long states = (long) batch * steps * hidden;
    MemorySegment x = r.input(0);
    MemorySegment h0 = r.input(1);
    MemorySegment wIh = r.input(2);
    MemorySegment wHh = r.input(3);
    MemorySegment dout = r.input(6);
    MemorySegment out = Memory.words(states);
    MemorySegment gates = Memory.words(4 * states);
    MemorySegment dx = Memory.words((long) batch * steps * inputs);
    MemorySegment dh0 = Memory.words((long) batch * hidden);
    MemorySegment dwIh = Memory.words(3L * hidden * inputs);
    MemorySegment dwHh = Memory.words(3L * hidden * hidden);
    MemorySegment dbIh = Memory.words(3L * hidden);
    MemorySegment dbHh = Memory.words(3L * hidden);
    List<MemorySegment> parameters = List.of(dwIh, dwHh, dbIh, dbHh);
    Runnable forward = forward(r, out, gates);
    Kernels kernels = Kernels.active();
    return Implementation.ours(
        () -> {
          forward.run();
          parameters.forEach(p -> p.fill((byte) 0));
          kernels.gruBackward(
              x, h0, wIh, wHh, out, gates, dout, dx, dh0, dwIh, dwHh, dbIh, dbHh, batch, steps,
              inputs, hidden);
        },
        dx,
        dh0,
        dwIh,
        dwHh,
        dbIh,
        dbHh);
  }
}
