package io.tritter.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** One run of a kernel: its work-groups, its integers and its numbers. */
final class Launch {
  /** Integers that a kernel may have: places in memory, then sizes. */
  static final int INTS = 24;

  /** Numbers that a kernel may have. */
  static final int FLOATS = 8;

  private final Program program;
  private final int groupsX;
  private final int groupsY;
  private final int groupsZ;
  private final int[] n;
  private final float[] s;

  /** A launch of work-groups in three dimensions, each with the threads of the program. */
  Launch(Program program, int groupsX, int groupsY, int groupsZ, int[] n, float... s) {
    this.program = program;
    this.groupsX = groupsX;
    this.groupsY = groupsY;
    this.groupsZ = groupsZ;
    this.n = n;
    this.s = s;
  }

  /** A launch in one dimension. */
  static Launch of(Program program, int groups, int[] n, float... s) {
    return new Launch(program, groups, 1, 1, n, s);
  }

  /** A thread for each of {@code elements}, in groups of the program. */
  static Launch each(Program program, long elements, int[] n, float... s) {
    return of(program, Math.toIntExact(Math.ceilDiv(elements, program.threads())), n, s);
  }

  /** Integers of a launch. */
  static int[] n(int... values) {
    return values;
  }

  Program program() {
    return program;
  }

  /** Threads in the first dimension. */
  long threadsX() {
    return (long) groupsX * program.threads();
  }

  int groupsY() {
    return groupsY;
  }

  int groupsZ() {
    return groupsZ;
  }

  /** Puts the arguments where the kernel reads them. */
  void putInto(IntArray ints, FloatArray floats) {
    for (int k = 0; k < n.length; k++) {
      ints.set(k, n[k]);
    }
    for (int k = 0; k < s.length; k++) {
      floats.set(k, s[k]);
    }
  }
}
