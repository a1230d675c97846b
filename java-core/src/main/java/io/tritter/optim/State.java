package io.tritter.optim;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * All that an optimizer or a trainer remembers between two steps, by name: a checkpoint is these
 * two maps, the tensors as they are and the numbers as text or float64.
 *
 * <p>Whoever hands out a state says whether its tensors are live; {@link #copy} makes a snapshot.
 */
public record State(Map<String, Tensor> tensors, Map<String, Double> numbers) {

  public State {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
  }

  /** A tensor of the state; an error that names it when it is missing or of another shape. */
  public Tensor tensor(String name, int... shape) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw Check.expected("state", "a tensor " + name, "none");
    }
    Check.shape(name, tensor.shape(), shape);
    return tensor;
  }

  /** A number of the state; an error that names it when it is missing. */
  public double number(String name) {
    Double number = numbers.get(name);
    if (number == null) {
      throw Check.expected("state", "a number " + name, "none");
    }
    return number;
  }

  /** A number that counts something. */
  public long count(String name) {
    return count(name, 0, 1L << 53);
  }

  /** A whole number in a range. */
  public long count(String name, long minimum, long maximum) {
    double number = number(name);
    if (number != Math.rint(number) || !(number >= minimum && number <= maximum)) {
      throw Check.expected(
          name, "a whole number from %d to %d".formatted(minimum, maximum), number);
    }
    return (long) number;
  }

  /** The same state with every tensor copied, unaffected by later steps. */
  public State copy() {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> copies.put(name, tensor.copy()));
    return new State(copies, numbers);
  }

  /** This state and another, under names that differ. */
  public State plus(State other) {
    Map<String, Tensor> allTensors = new LinkedHashMap<>(tensors);
    Map<String, Double> allNumbers = new LinkedHashMap<>(numbers);
    allTensors.putAll(other.tensors);
    allNumbers.putAll(other.numbers);
    return new State(allTensors, allNumbers);
  }

  /** The same state with a prefix before every name. */
  public State within(String prefix) {
    return renamed(name -> true, name -> prefix + name);
  }

  /** The entries whose names start with a prefix, without it. */
  public State part(String prefix) {
    return renamed(name -> name.startsWith(prefix), name -> name.substring(prefix.length()));
  }

  private State renamed(Predicate<String> wanted, UnaryOperator<String> rename) {
    return new State(renamed(tensors, wanted, rename), renamed(numbers, wanted, rename));
  }

  private static <T> Map<String, T> renamed(
      Map<String, T> entries, Predicate<String> wanted, UnaryOperator<String> rename) {
    Map<String, T> renamed = new LinkedHashMap<>();
    entries.forEach(
        (name, value) -> {
          if (wanted.test(name)) {
            renamed.put(rename.apply(name), value);
          }
        });
    return renamed;
  }
}
