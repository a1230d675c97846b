package io.tritter.tensor;

import io.tritter.kernel.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Refuses an argument in one form: {@code name: expected rule, got value}. */
public final class Check {
  private Check() {}

  /** Refuses {@code value < minimum}. */
  public static int atLeast(String name, int value, int minimum) {
    if (value < minimum) {
      throw expected(name, "at least " + minimum, value);
    }
    return value;
  }

  /** Refuses what is outside {@code minimum..maximum}, and NaN. */
  public static double inRange(String name, double value, double minimum, double maximum) {
    if (!(value >= minimum && value <= maximum)) {
      throw expected(name, range(value, minimum, maximum), value);
    }
    return value;
  }

  /** A bound that is the least or largest number of its kind is none that a reader cares for. */
  private static String range(double value, double minimum, double maximum) {
    boolean endless = maximum >= Float.MAX_VALUE;
    if (endless && !Double.isFinite(value)) {
      return "a finite number";
    }
    if (minimum == Double.MIN_VALUE) {
      return endless ? "a positive number" : "above 0, at most " + maximum;
    }
    return endless ? "at least " + minimum : minimum + " to " + maximum;
  }

  /** Refuses zero, what is negative, infinite or NaN. */
  public static double positive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw expected(name, "a positive number", value);
    }
    return value;
  }

  /** Refuses an infinite number and NaN. */
  public static double finite(String name, double value) {
    if (!Double.isFinite(value)) {
      throw expected(name, "a finite number", value);
    }
    return value;
  }

  /**
   * Refuses a tensor with an infinite element or NaN, naming the first such by its flat index.
   *
   * @return the sum of the squares, which the check computes on its way
   */
  public static double finite(String name, Tensor tensor) {
    double squares = Kernels.active().dot(tensor.data(), tensor.data(), tensor.size());
    if (!Double.isFinite(squares)) {
      for (long i = 0; i < tensor.size(); i++) {
        if (!Float.isFinite(tensor.get(i))) {
          throw expected("%s[%d]".formatted(name, i), "a finite number", tensor.get(i));
        }
      }
    }
    return squares;
  }

  /** Refuses another shape; -1 in {@code wanted} stands for any size. */
  public static void shape(String name, int[] shape, int... wanted) {
    boolean same = shape.length == wanted.length;
    for (int i = 0; same && i < wanted.length; i++) {
      same = wanted[i] == -1 || wanted[i] == shape[i];
    }
    if (!same) {
      throw expected(
          name, "shape " + Arrays.toString(wanted).replace("-1", "n"), Arrays.toString(shape));
    }
  }

  /** The exception for a caller's mistake, ready to throw. */
  public static IllegalArgumentException expected(String name, String rule, Object got) {
    return new IllegalArgumentException(name + ": expected " + rule + ", got " + got);
  }

  /**
   * The constant of an enum by its name in any case.
   *
   * @throws IllegalArgumentException for another name; the message has the known ones
   */
  public static <E extends Enum<E>> E constant(String name, Class<E> type, String value) {
    List<E> all = List.of(type.getEnumConstants());
    return all.stream()
        .filter(e -> e.name().equals(value.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                expected(
                    name, "one of " + all.toString().toLowerCase(Locale.ROOT), "'" + value + "'"));
  }
}
