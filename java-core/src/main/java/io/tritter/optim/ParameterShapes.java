package io.tritter.optim;

import io.tritter.kernel.Kernels;
import io.tritter.nn.Parameter;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names and shapes of parameters, in a fixed order: tells whether a map of gradients is complete
 * and fits.
 */
public final class ParameterShapes {
  private static final int NAMES_IN_MESSAGE = 8;

  private final List<String> names;
  private final Set<String> known;
  private final List<int[]> shapes;

  private ParameterShapes(List<String> names, List<int[]> shapes) {
    this.names = names;
    this.known = Set.copyOf(names);
    this.shapes = shapes;
  }

  /**
   * Parameters of any number of dimensions.
   *
   * @throws IllegalArgumentException without any parameter, for a name that is empty or comes
   *     twice, and for a dimension below 1
   */
  public static ParameterShapes of(List<String> names, List<int[]> shapes) {
    Check.atLeast("parameters", names.size(), 1);
    if (shapes.size() != names.size()) {
      throw Check.expected("shapes", names.size() + " shapes", shapes.size());
    }
    Set<String> seen = new HashSet<>();
    List<int[]> copies = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.isEmpty() || !seen.add(name)) {
        throw Check.expected("parameters", "names that differ and are not empty", quoted(name));
      }
      int[] shape = shapes.get(i).clone();
      for (int size : shape) {
        if (size < 1) {
          throw Check.expected(name, "dimensions of at least 1", Arrays.toString(shape));
        }
      }
      copies.add(shape);
    }
    return new ParameterShapes(List.copyOf(names), List.copyOf(copies));
  }

  /** The names and shapes of a model's parameters. */
  public static ParameterShapes of(List<Parameter> parameters) {
    return of(
        parameters.stream().map(Parameter::name).toList(),
        parameters.stream().map(p -> p.value().shape()).toList());
  }

  /** The names and shapes of tensors. */
  static ParameterShapes ofTensors(Map<String, Tensor> tensors) {
    return of(List.copyOf(tensors.keySet()), tensors.values().stream().map(Tensor::shape).toList());
  }

  /** Number of parameters, each a tensor. */
  public int count() {
    return names.size();
  }

  /** Number of elements of all parameters. */
  public long elements() {
    long elements = 0;
    for (int[] shape : shapes) {
      long size = 1;
      for (int n : shape) {
        size = Math.multiplyExact(size, n);
      }
      elements += size;
    }
    return elements;
  }

  /** Name of parameter {@code i}. */
  public String name(int i) {
    return names.get(i);
  }

  /** A copy of the shape of parameter {@code i}. */
  public int[] shape(int i) {
    return shapes.get(i).clone();
  }

  /** New tensors of zeros, one a parameter. */
  public List<Tensor> zeros() {
    return shapes.stream().map(Tensor::zeros).toList();
  }

  /** Tensors in the order of the parameters as a map in the same order. */
  public Map<String, Tensor> named(List<Tensor> tensors) {
    return named("", tensors);
  }

  /** {@link #named(List)} with a prefix before each name. */
  public Map<String, Tensor> named(String prefix, List<Tensor> tensors) {
    Map<String, Tensor> map = new LinkedHashMap<>();
    for (int i = 0; i < count(); i++) {
      map.put(prefix + name(i), tensors.get(i));
    }
    return Collections.unmodifiableMap(map);
  }

  /** The tensors that {@link #named(String, List)} put into a state, checked, not copied. */
  public List<Tensor> from(State state, String prefix) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      tensors.add(state.tensor(prefix + name(i), shapes.get(i)));
    }
    return tensors;
  }

  /**
   * The gradients in the order of the parameters.
   *
   * @throws IllegalArgumentException for an unknown name, a missing gradient, another shape, an
   *     infinite element or NaN; it names the parameter and the flat index
   */
  public List<Tensor> gradients(Map<String, Tensor> gradients) {
    List<Tensor> ordered = inOrder(gradients);
    sumOfSquares(ordered);
    return ordered;
  }

  /** {@link #gradients} without the look at each element. */
  List<Tensor> inOrder(Map<String, Tensor> gradients) {
    for (String name : gradients.keySet()) {
      if (!known.contains(name)) {
        throw Check.expected("gradients", "one of " + someNames(), quoted(name));
      }
    }
    List<Tensor> ordered = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      Tensor gradient = gradients.get(name(i));
      if (gradient == null) {
        throw Check.expected("gradients", "a gradient of " + quoted(name(i)), "none");
      }
      Check.shape(gradientName(i), gradient.shape(), shapes.get(i));
      ordered.add(gradient);
    }
    return ordered;
  }

  /** The sum of all squares, parameter by parameter; refuses what is not finite. */
  double sumOfSquares(List<Tensor> gradients) {
    double squares = 0;
    for (int i = 0; i < count(); i++) {
      Tensor gradient = gradients.get(i);
      double sum = Kernels.active().dot(gradient.data(), gradient.data(), gradient.size());
      if (!Double.isFinite(sum)) {
        Check.finite(gradientName(i), gradient);
      }
      squares += sum;
    }
    return squares;
  }

  private String gradientName(int i) {
    return "gradients[" + name(i) + "]";
  }

  private String someNames() {
    if (count() <= NAMES_IN_MESSAGE) {
      return names.toString();
    }
    return names.subList(0, NAMES_IN_MESSAGE) + " and " + (count() - NAMES_IN_MESSAGE) + " others";
  }

  private static String quoted(String name) {
    return "'" + name + "'";
  }
}
