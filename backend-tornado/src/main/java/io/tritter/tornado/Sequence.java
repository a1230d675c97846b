package io.tritter.tornado;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Kernels one after the other as one execution plan: weights go to the device with the first run,
 * what lies between two kernels never leaves it, and a run copies its input there and its output
 * back. {@link #traffic} counts the bytes.
 *
 * <p>It has a memory of its own: {@link #weights}, {@link #ints} and {@link #room} make places in
 * it, {@link #add} kernels on them, the first {@link #run} compiles all. One caller at a time.
 */
final class Sequence implements AutoCloseable {
  private static final int THREADS = 256;

  private final String name;
  private final FloatArray f;
  private final IntArray i;
  private final FloatArray input;
  private final FloatArray output;
  private final List<Launch> launches = new ArrayList<>();
  private final GridScheduler scheduler = new GridScheduler();
  private final TaskGraph graph;
  private final Regions floats;
  private final Regions ints;
  private final int from;
  private final int to;
  private @Nullable TornadoExecutionPlan plan;
  private long toDevice;
  private long toHost;
  private long runs;

  /**
   * An empty sequence.
   *
   * @param name of its own among all sequences of the JVM
   * @param elements of float32 that all places take together, with some to spare
   * @param integers that all places take together
   */
  Sequence(String name, int elements, int integers, int inputs, int outputs) {
    this.name = name;
    f = new FloatArray(elements);
    i = new IntArray(Math.max(1, integers));
    input = new FloatArray(inputs);
    output = new FloatArray(outputs);
    floats = new Regions(elements);
    ints = new Regions(integers);
    from = room(inputs);
    to = room(outputs);
    graph = new TaskGraph(name);
  }

  /** Where the input is. */
  int input() {
    return from;
  }

  /** Where the output is to be. */
  int output() {
    return to;
  }

  /** A place for float32. */
  int room(long elements) {
    return place(floats, elements);
  }

  /** A place with the numbers of a segment. */
  int weights(MemorySegment values, long elements) {
    int at = room(elements);
    MemorySegment.copy(values, 0, f.getSegment(), 4L * at, 4 * elements);
    return at;
  }

  /** A place with integers. */
  int ints(int... values) {
    int at = place(ints, values.length);
    for (int k = 0; k < values.length; k++) {
      i.set(at + k, values[k]);
    }
    return at;
  }

  private static int place(Regions regions, long elements) {
    int at = regions.allocate(elements);
    if (at < 0) {
      throw new OutOfDeviceMemoryException(
          "sequence: expected room for %d more elements".formatted(elements));
    }
    return at;
  }

  /** The next kernel. */
  Sequence add(Launch launch) {
    launches.add(launch);
    return this;
  }

  static void inputOnDevice(KernelContext c, FloatArray f, FloatArray input, IntArray n) {
    if (c.globalIdx < n.get(1)) {
      f.set(n.get(0) + c.globalIdx, input.get(c.globalIdx));
    }
  }

  static void outputOnDevice(KernelContext c, FloatArray f, FloatArray output, IntArray n) {
    if (c.globalIdx < n.get(1)) {
      output.set(c.globalIdx, f.get(n.get(0) + c.globalIdx));
    }
  }

  private TornadoExecutionPlan compile() {
    KernelContext c = new KernelContext();
    IntArray first = IntArray.fromElements(from, input.getSize());
    IntArray last = IntArray.fromElements(to, output.getSize());
    graph
        .transferToDevice(DataTransferMode.FIRST_EXECUTION, f, i, first, last)
        .transferToDevice(DataTransferMode.EVERY_EXECUTION, input)
        .task("input", Sequence::inputOnDevice, c, f, input, first);
    grid("input", Math.ceilDiv(input.getSize(), THREADS) * (long) THREADS, 1, 1, THREADS);
    for (int k = 0; k < launches.size(); k++) {
      Launch launch = launches.get(k);
      IntArray n = new IntArray(Launch.INTS);
      FloatArray s = new FloatArray(Launch.FLOATS);
      launch.putInto(n, s);
      Program program = launch.program();
      graph
          .transferToDevice(DataTransferMode.FIRST_EXECUTION, n, s)
          .task("t" + k, program.kernel(), c, f, i, n, s);
      grid("t" + k, launch.threadsX(), launch.groupsY(), launch.groupsZ(), program.threads());
    }
    graph
        .task("output", Sequence::outputOnDevice, c, f, output, last)
        .transferToHost(DataTransferMode.EVERY_EXECUTION, output);
    grid("output", Math.ceilDiv(output.getSize(), THREADS) * (long) THREADS, 1, 1, THREADS);
    toDevice += 4L * (f.getSize() + i.getSize());
    toDevice += 4L * launches.size() * (Launch.INTS + Launch.FLOATS) + 16;
    return new TornadoExecutionPlan(graph.snapshot()).withGridScheduler(scheduler);
  }

  private void grid(String task, long x, long y, long z, int threads) {
    WorkerGrid grid = new WorkerGrid3D(threads, 1, 1);
    grid.setGlobalWork(x, y, z);
    grid.setLocalWork(threads, 1, 1);
    scheduler.addWorkerGrid(name + "." + task, grid);
  }

  /** Runs all kernels on an input. */
  synchronized void run(MemorySegment values, MemorySegment result) {
    Memory.check("values", values, input.getSize());
    Memory.check("result", result, output.getSize());
    TornadoExecutionPlan compiled = plan == null ? compile() : plan;
    plan = compiled;
    MemorySegment.copy(values, 0, input.getSegment(), 0, 4L * input.getSize());
    compiled.execute();
    MemorySegment.copy(output.getSegment(), 0, result, 0, 4L * output.getSize());
    toDevice += 4L * input.getSize();
    toHost += 4L * output.getSize();
    runs++;
  }

  /** Bytes that crossed the bus so far, and the launches. */
  synchronized Traffic traffic() {
    return new Traffic(toDevice, toHost, runs * (launches.size() + 2));
  }

  @Override
  public synchronized void close() {
    if (plan != null) {
      try {
        plan.close();
      } catch (TornadoExecutionPlanException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
