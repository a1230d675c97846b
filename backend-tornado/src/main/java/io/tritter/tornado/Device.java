package io.tritter.tornado;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The default device of TornadoVM: its memory, and the kernels on it.
 *
 * <p>All kernels share two arrays that stay on the device, one of float32 and one of int32, and
 * address them by element. So a kernel is compiled once, what one kernel leaves another finds, and
 * only what is written and read crosses the bus; {@link #traffic} counts it. One execution plan has
 * a graph a kernel. One caller at a time.
 */
final class Device implements AutoCloseable {
  /** Bytes of the memory on the device, a quarter of it for integers. */
  static final String MEMORY = "tritter.tornado.memory";

  /** Whether a device that is a CPU will do. */
  static final String CPU = "tritter.tornado.cpu";

  private static final long DEFAULT_BYTES = 1L << 30;
  private static final int[] STAGES = {1 << 12, 1 << 16, 1 << 20, 1 << 24};
  private static final List<Program> PROGRAMS = List.of(Program.values());
  private static final String FIRST = "tritter_memory";
  private static final long ARGUMENT_BYTES = 4L * (Launch.INTS + Launch.FLOATS);

  private final FloatArray f;
  private final IntArray i;
  private final IntArray n = new IntArray(Launch.INTS);
  private final FloatArray s = new FloatArray(Launch.FLOATS);
  private final Regions floatRegions;
  private final Regions intRegions;
  private final List<Stage> stages = new ArrayList<>();

  /** Of the programs, then of the stages. */
  private final List<WorkerGrid> grids = new ArrayList<>();

  private final GridScheduler scheduler = new GridScheduler();
  private final TornadoExecutionPlan plan;
  private TornadoExecutionResult last;
  private long toDevice;
  private long toHost;
  private long launches;

  /**
   * Opens the default device of TornadoVM.
   *
   * @throws IllegalStateException if it is a CPU that was not asked for
   */
  static Device open() {
    long bytes = Long.getLong(MEMORY, DEFAULT_BYTES);
    // TornadoVM reads them once. A kernel that it cannot compile must not run in Java without a
    // word, nor be compiled with -cl-fast-relaxed-math, its default.
    setUnlessSet("tornado.recover.bailout", "False");
    setUnlessSet("tornado.opencl.compiler.flags", "-w");
    setUnlessSet("tornado.device.memory", 2 * bytes / (1 << 20) + "MB");
    TornadoDevice device = TornadoRuntimeProvider.getTornadoRuntime().getDefaultDevice();
    if (device.getDeviceType() == TornadoDeviceType.CPU && !Boolean.getBoolean(CPU)) {
      throw new IllegalStateException(
          "the device is a CPU, %s; -D%s=true takes it, for tests"
              .formatted(device.getPhysicalDevice().getDeviceName(), CPU));
    }
    return new Device(bytes);
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private Device(long bytes) {
    int ints = Math.toIntExact(Math.min(bytes / 4 / Integer.BYTES, Integer.MAX_VALUE - 64));
    int floats = Math.toIntExact(Math.min(bytes / 4 * 3 / Float.BYTES, Integer.MAX_VALUE - 64));
    f = new FloatArray(floats);
    i = new IntArray(ints);
    floatRegions = new Regions(floats);
    intRegions = new Regions(ints);
    plan = new TornadoExecutionPlan(graphs()).withGridScheduler(scheduler);
    last = plan.withGraph(0).execute();
  }

  private ImmutableTaskGraph[] graphs() {
    KernelContext c = new KernelContext();
    List<ImmutableTaskGraph> graphs = new ArrayList<>();
    scheduler.addWorkerGrid(FIRST + ".t", grid(1));
    graphs.add(
        new TaskGraph(FIRST).task("t", Device::onDevice, c, f, i).persistOnDevice(f, i).snapshot());
    for (Program program : PROGRAMS) {
      TaskGraph graph =
          begin(program.graph())
              .transferToDevice(DataTransferMode.EVERY_EXECUTION, n, s)
              .task("t", program.kernel(), c, f, i, n, s);
      graphs.add(end(graph));
      grids.add(grid(program.threads()));
      scheduler.addWorkerGrid(program.graph() + ".t", grids.getLast());
    }
    for (boolean floats : new boolean[] {true, false}) {
      for (int elements : STAGES) {
        Stage stage = new Stage(floats, elements);
        stages.add(stage);
        graphs.add(end(stage.addTo(begin(stage.graph()), c, f, i)));
        grids.add(grid(Stage.THREADS));
        scheduler.addWorkerGrid(stage.graph() + ".t", grids.getLast());
      }
    }
    return graphs.toArray(ImmutableTaskGraph[]::new);
  }

  private TaskGraph begin(String name) {
    return new TaskGraph(name).consumeFromDevice(FIRST, f, i);
  }

  private ImmutableTaskGraph end(TaskGraph graph) {
    return graph
        .transferToHost(DataTransferMode.UNDER_DEMAND, f, i)
        .persistOnDevice(f, i)
        .snapshot();
  }

  private static WorkerGrid grid(int threads) {
    WorkerGrid grid = new WorkerGrid3D(threads, 1, 1);
    grid.setLocalWork(threads, 1, 1);
    return grid;
  }

  /** Makes the arrays exist on the device: what a first kernel writes need not be sent there. */
  static void onDevice(KernelContext c, FloatArray f, IntArray i) {
    f.set(c.globalIdx, 0f);
    i.set(c.globalIdx, 0);
  }

  /** Memory of one computation, free again when it is closed. */
  Scratch scratch() {
    return new Scratch(this);
  }

  Regions floatRegions() {
    return floatRegions;
  }

  Regions intRegions() {
    return intRegions;
  }

  synchronized void run(Launch launch) {
    launch.putInto(n, s);
    int graph = PROGRAMS.indexOf(launch.program());
    execute(graph, launch.threadsX(), launch.groupsY(), launch.groupsZ());
    toDevice += ARGUMENT_BYTES;
  }

  private TornadoExecutionResult execute(int graph, long x, long y, long z) {
    grids.get(graph).setGlobalWork(x, y, z);
    launches++;
    last = plan.withGraph(1 + graph).execute();
    return last;
  }

  /** Writes elements of four bytes to the device. */
  synchronized void write(boolean floats, int to, MemorySegment from, long elements) {
    for (long done = 0; done < elements; ) {
      int index = stage(floats, elements - done);
      Stage stage = stages.get(index);
      int count = (int) Math.min(stage.elements(), elements - done);
      MemorySegment.copy(from, 4 * done, stage.memory(), 0, 4L * count);
      stage.address(Math.toIntExact(to + done), count);
      long work = (long) Math.ceilDiv(count, Stage.THREADS) * Stage.THREADS;
      execute(PROGRAMS.size() + index, work, 1, 1);
      toDevice += 4L * stage.elements();
      done += count;
    }
  }

  /** The smallest stage that holds them, or the largest. */
  private int stage(boolean floats, long elements) {
    int first = floats ? 0 : STAGES.length;
    int k = 0;
    while (k < STAGES.length - 1 && STAGES[k] < elements) {
      k++;
    }
    return first + k;
  }

  /** Reads elements of four bytes from the device. */
  synchronized void read(boolean floats, int from, MemorySegment to, long elements) {
    if (elements > 0) {
      DataRange range = new DataRange(floats ? f : i).withOffset(from).withSize(elements);
      last.transferToHost(range);
      MemorySegment host = floats ? f.getSegment() : i.getSegment();
      MemorySegment.copy(host, 4L * from, to, 0, 4 * elements);
      toHost += 4 * elements;
    }
  }

  /** Bytes that crossed the bus so far, and the launches. */
  synchronized Traffic traffic() {
    return new Traffic(toDevice, toHost, launches);
  }

  /** The name that the driver gives. */
  String name() {
    return plan.getDevice(0).getPhysicalDevice().getDeviceName();
  }

  @Override
  public void close() {
    try {
      plan.close();
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException(e);
    }
  }
}
