package io.tritter.tornado;

import java.lang.foreign.MemorySegment;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * A way to the device for up to {@link #elements} elements: TornadoVM transfers whole arrays only,
 * so that a small array goes over and a kernel copies it to its place.
 */
final class Stage {
  static final int THREADS = 256;

  private final String graph;
  private final boolean floats;
  private final int elements;
  private final FloatArray floatArray;
  private final IntArray intArray;

  /** The place in the memory of the device, and the number of elements. */
  private final IntArray n = new IntArray(2);

  Stage(boolean floats, int elements) {
    this.floats = floats;
    this.elements = elements;
    graph = (floats ? "tritter_floats_" : "tritter_ints_") + elements;
    floatArray = new FloatArray(floats ? elements : 1);
    intArray = new IntArray(floats ? 1 : elements);
  }

  static void floatsOnDevice(
      KernelContext c, FloatArray f, IntArray i, FloatArray stage, IntArray n) {
    if (c.globalIdx < n.get(1)) {
      f.set(n.get(0) + c.globalIdx, stage.get(c.globalIdx));
    }
  }

  static void intsOnDevice(KernelContext c, FloatArray f, IntArray i, IntArray stage, IntArray n) {
    if (c.globalIdx < n.get(1)) {
      i.set(n.get(0) + c.globalIdx, stage.get(c.globalIdx));
    }
  }

  TaskGraph addTo(TaskGraph begun, KernelContext c, FloatArray f, IntArray i) {
    int every = DataTransferMode.EVERY_EXECUTION;
    return floats
        ? begun
            .transferToDevice(every, floatArray, n)
            .task("t", Stage::floatsOnDevice, c, f, i, floatArray, n)
        : begun
            .transferToDevice(every, intArray, n)
            .task("t", Stage::intsOnDevice, c, f, i, intArray, n);
  }

  String graph() {
    return graph;
  }

  boolean floats() {
    return floats;
  }

  int elements() {
    return elements;
  }

  /** Where the elements are laid down. */
  MemorySegment memory() {
    return floats ? floatArray.getSegment() : intArray.getSegment();
  }

  void address(int to, int count) {
    n.set(0, to);
    n.set(1, count);
  }
}
