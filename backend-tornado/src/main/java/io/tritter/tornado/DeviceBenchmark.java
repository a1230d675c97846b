package io.tritter.tornado;

import io.tritter.kernel.AttentionShape;
import io.tritter.kernel.Kernels;
import io.tritter.kernel.TernaryLevel;
import io.tritter.kernel.TernaryWeights;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Times of the kernels on the device and on the CPU, medians in milliseconds as lines of CSV.
 * {@code resident}: what is read is on the device and what is written stays there; {@code call}: a
 * call of {@code Kernels}, which copies both ways. benchmarks/gpu/README.md says how to run it.
 */
public final class DeviceBenchmark {
  private static final int REPEATS = 7;

  /** Budget of one figure in milliseconds: the repeats end early where one takes longer. */
  private static final double ENOUGH = 3000;

  private final PrintStream out;
  private final TornadoKernels kernels;
  private final Device device;
  private final boolean large;

  private DeviceBenchmark(PrintStream out, boolean large) {
    this.out = out;
    this.large = large;
    kernels = (TornadoKernels) Kernels.on("gpu").always();
    device = kernels.hardware();
  }

  /** Prints the table; the argument {@code small} leaves out what a CPU takes minutes for. */
  public static void main(String[] args) {
    boolean large = !Arrays.asList(args).contains("small");
    DeviceBenchmark benchmark = new DeviceBenchmark(System.out, large);
    benchmark.out.println(
        "# " + benchmark.device.name() + "; CPU: " + Kernels.on("cpu").description());
    benchmark.out.println("operation,shape,device resident ms,device call ms,cpu ms");
    benchmark.attention();
    benchmark.ternary();
    benchmark.products();
    benchmark.gru();
    benchmark.block();
    benchmark.training();
    benchmark.out.println("# " + benchmark.device.traffic());
  }

  private void attention() {
    for (int n : large ? new int[] {512, 2048, 8192} : new int[] {512}) {
      AttentionShape shape = new AttentionShape(1, 8, 8, n, n, 64, true, 0.125f, false);
      int size = Math.toIntExact(shape.queryElements());
      MemorySegment q = normal(1, size);
      MemorySegment result = zeros(size);
      MemorySegment sums = zeros(8 * n);
      try (Scratch m = device.scratch()) {
        int[] at = {m.write(q, size), m.write(q, size), m.write(q, size)};
        Launch launch =
            Attention.launch(at[0], at[1], at[2], m.floats(size), m.floats(8L * n), shape);
        line(
            "attention causal",
            "8 heads of 64 at " + n,
            () -> m.run(launch),
            () -> kernels.attention(q, q, q, result, sums, shape),
            () -> kernels.cpu().attention(q, q, q, result, sums, shape));
      }
    }
  }

  private void ternary() {
    int n = large ? 4096 : 1024;
    byte[] bytes = new byte[n * n / 4];
    new Random(1).nextBytes(bytes);
    for (int k = 0; k < bytes.length; k++) {
      bytes[k] &= (byte) ~((bytes[k] & 0x55) << 1); // no code 11
    }
    try (Arena arena = Arena.ofShared()) {
      MemorySegment packed = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      TernaryWeights here = kernels.ternaryWeights(packed, n, n, TernaryLevel.VECTORIZED, arena);
      TernaryWeights there =
          kernels.cpu().ternaryWeights(packed, n, n, TernaryLevel.VECTORIZED, arena);
      int words = n / 32;
      for (int batch : new int[] {1, 32, 512}) {
        MemorySegment x = arena.allocate((long) batch * n, 64).fill((byte) 3);
        MemorySegment y = arena.allocate(4L * batch * n, 64);
        try (Scratch m = device.scratch()) {
          int planes = m.ints(2L * n * words);
          m.run(WeightPlanes.launch(m.writeRows(packed, n, n / 4, 2 * words), planes, n, words));
          int bytesHere = m.writeRows(x, batch, n, n / 4);
          BitLinear layer = new BitLinear(batch, n, n, n, 8, 1f);
          BitLinear.Places at = layer.placesIn(m);
          Launch product =
              batch < 16
                  ? TernaryVectorized.launch(at.planes(), planes, at.sums(), batch, n, words)
                  : TernaryTiled.launch(at.planes(), planes, at.sums(), batch, n, words);
          line(
              "ternary product",
              n + "^2 batch " + batch,
              () -> {
                m.run(ActivationPlanes.launch(bytesHere, at.planes(), batch, words));
                m.run(product);
              },
              () -> here.multiply(x, y, batch),
              () -> there.multiply(x, y, batch));
          MemorySegment floats = normal(11, batch * n);
          MemorySegment ones = zeros(n);
          for (int k = 0; k < n; k++) {
            ones.setAtIndex(ValueLayout.JAVA_FLOAT, k, 1f);
          }
          List<Launch> launches =
              layer.launches(
                  m.write(floats, (long) batch * n),
                  at,
                  product,
                  m.write(ones, n),
                  m.floats((long) batch * n));
          line(
              "BitLinear",
              n + "^2 batch " + batch,
              () -> launches.forEach(m::run),
              () -> here.multiplyQuantized(floats, ones, 1f, y, batch, n, 8),
              () -> bitLinear(there, floats, ones, x, y, batch, n));
        }
      }
    }
  }

  private void bitLinear(
      TernaryWeights weights,
      MemorySegment x,
      MemorySegment ones,
      MemorySegment q,
      MemorySegment y,
      int batch,
      int n) {
    MemorySegment inverseScales = zeros(batch);
    kernels.cpu().quantizeAbsmax(x, q, inverseScales, batch, n, 8);
    weights.multiplyGrouped(q, ones, y, batch, n);
    kernels.cpu().scaleRows(y, inverseScales, 1f, batch, n);
  }

  private void products() {
    for (int n : large ? new int[] {512, 2048, 4096} : new int[] {256}) {
      MemorySegment a = normal(2, n * n);
      MemorySegment c = zeros(n * n);
      try (Scratch m = device.scratch()) {
        int left = m.write(a, (long) n * n);
        int product = m.floats((long) n * n);
        Launch launch = Matmul.launch(left, false, left, true, product, n, n, n, false);
        line(
            "product float32",
            n + "^3",
            () -> m.run(launch),
            () -> kernels.matmul(a, false, a, true, c, n, n, n, false),
            () -> kernels.cpu().matmul(a, false, a, true, c, n, n, n, false));
      }
    }
  }

  private void gru() {
    int batch = 64;
    int steps = large ? 100 : 10;
    int hidden = 256;
    MemorySegment x = normal(3, batch * steps * hidden);
    MemorySegment h0 = normal(4, batch * hidden);
    MemorySegment w = normal(5, 3 * hidden * hidden);
    MemorySegment b = normal(6, 3 * hidden);
    MemorySegment result = zeros(batch * steps * hidden);
    MemorySegment gates = zeros(4 * batch * steps * hidden);
    try (Scratch m = device.scratch()) {
      int rows = batch * steps;
      int all = m.floats(4L * rows * hidden);
      int xs = m.write(x, (long) rows * hidden);
      int ws = m.write(w, 3L * hidden * hidden);
      int bs = m.write(b, 3L * hidden);
      int start = m.write(h0, (long) batch * hidden);
      int states = m.floats((long) rows * hidden);
      int turned = m.floats(3L * hidden * hidden);
      m.run(Transpose.launch(ws, turned, 3 * hidden, hidden));
      line(
          "GRU rollout",
          batch + " x " + steps + " steps, " + hidden + " units",
          () -> {
            m.run(Matmul.launch(xs, false, ws, true, all, rows, 3 * hidden, hidden, false));
            m.run(Gru.launch(all, start, turned, bs, bs, states, batch, steps, hidden));
          },
          () -> kernels.gru(x, h0, w, w, b, b, result, gates, batch, steps, hidden, hidden),
          () -> kernels.cpu().gru(x, h0, w, w, b, b, result, gates, batch, steps, hidden, hidden));
    }
  }

  private void block() {
    TransformerBlock block =
        large
            ? new TransformerBlock(2048, 1024, 16, 4, 2816, 10_000f, 1e-5f)
            : new TransformerBlock(128, 128, 4, 2, 344, 10_000f, 1e-5f);
    int dim = block.dim();
    int kv = dim / block.heads() * block.kvHeads();
    MemorySegment square = normal(7, dim * dim);
    MemorySegment narrow = normal(8, kv * dim);
    MemorySegment wide = normal(9, block.inner() * dim);
    MemorySegment x = normal(10, block.tokens() * dim);
    MemorySegment y = zeros(block.tokens() * dim);
    TransformerBlock.Weights weights =
        new TransformerBlock.Weights(
            square, square, narrow, narrow, square, square, wide, wide, wide);
    try (Sequence sequence = block.on("tritter_benchmark", weights)) {
      String shape = block.tokens() + " tokens of " + dim + ", " + block.inner() + " inside";
      out.printf(
          "transformer block in one plan,%s,,%.3f,%n", shape, median(() -> sequence.run(x, y)));
    }
  }

  /** Calls are those that the limits leave to the device, which would be none of a small model. */
  private void training() {
    TrainingBenchmark step = new TrainingBenchmark(large);
    Runnable call = step.step(large ? Kernels.on("gpu") : kernels);
    try (LlamaTraining training = step.onDevice(kernels)) {
      Runnable resident = step.step(training);
      line("training step", step.shape(), resident, call, step.step(kernels.cpu()));
      traffic("resident step", resident);
    }
    traffic("step of calls", call);
  }

  private void traffic(String what, Runnable run) {
    Traffic before = device.traffic();
    run.run();
    out.println("# a " + what + ": " + device.traffic().since(before));
  }

  private void line(
      String operation, String shape, Runnable resident, Runnable call, Runnable cpu) {
    // Launches return when the kernel is done: the plan waits for its last task.
    out.printf(
        "%s,%s,%.3f,%.3f,%.3f%n", operation, shape, median(resident), median(call), median(cpu));
  }

  private static double median(Runnable run) {
    run.run();
    run.run();
    double[] times = new double[REPEATS];
    int count = 0;
    double spent = 0;
    while (count < REPEATS && spent < ENOUGH) {
      long start = System.nanoTime();
      run.run();
      times[count] = (System.nanoTime() - start) / 1e6;
      spent += times[count++];
    }
    Arrays.sort(times, 0, count);
    return times[count / 2];
  }

  private static MemorySegment normal(long seed, int n) {
    Random random = new Random(seed);
    MemorySegment s = zeros(n);
    for (int k = 0; k < n; k++) {
      s.setAtIndex(ValueLayout.JAVA_FLOAT, k, (float) (0.1 * random.nextGaussian()));
    }
    return s;
  }

  private static MemorySegment zeros(int n) {
    return Arena.ofAuto().allocate(4L * n, 64);
  }
}
