package io.tritter.tornado;

import io.tritter.kernel.AdamWStep;
import io.tritter.nn.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters on the device with their gradients and moments, one behind the other, matrices first,
 * so that an optimizer takes two launches: those that decay, and the others.
 */
final class DeviceParameters {
  private final Device device;
  private final List<Parameter> parameters = new ArrayList<>();
  private final Map<String, Integer> offsets = new HashMap<>();
  private final int elements;
  private final int decaying;
  private final int values;
  private final int gradients;
  private final int firstMoments;
  private final int secondMoments;

  /** Sends the values there; all else is zero. */
  DeviceParameters(Device device, Scratch memory, List<Parameter> all) {
    this.device = device;
    all.stream().filter(Parameter::decays).forEach(parameters::add);
    decaying = place(parameters, 0);
    List<Parameter> others = all.stream().filter(p -> !p.decays()).toList();
    elements = place(others, decaying);
    parameters.addAll(others);
    values = memory.floats(elements);
    gradients = memory.floats(elements);
    firstMoments = memory.floats(elements);
    secondMoments = memory.floats(elements);
    for (Parameter p : parameters) {
      device.write(true, value(p.name()), p.value().data(), p.value().size());
    }
    device.run(clear(gradients, 0));
    device.run(clear(firstMoments, 0));
    device.run(clear(secondMoments, 0));
  }

  private int place(List<Parameter> some, int from) {
    int at = from;
    for (Parameter p : some) {
      offsets.put(p.name(), at);
      at = Math.toIntExact(at + p.value().size());
    }
    return at;
  }

  /** Zero times the values, which are finite. */
  private Launch clear(int at, int from) {
    return Axpby.launch(0, values + from, 0, at + from, elements - from);
  }

  /** Where the values of a parameter are. */
  int value(String name) {
    return values + offset(name);
  }

  /** Where its gradient is. */
  int gradient(String name) {
    return gradients + offset(name);
  }

  private int offset(String name) {
    Integer offset = offsets.get(name);
    if (offset == null) {
      throw new IllegalArgumentException(
          "model: expected the parameters of a Llama, found no " + name);
    }
    return offset;
  }

  /** Sets the gradients of what is not a matrix to zero: those are added to. */
  Launch clearGradients() {
    return clear(gradients, decaying);
  }

  /** An update of all, with the weight decay for the matrices alone. */
  List<Launch> update(AdamWStep step) {
    AdamWStep plain =
        new AdamWStep(
            step.learningRate(), step.beta1(), step.beta2(), step.epsilon(), 0f, step.step());
    return List.of(update(0, decaying, step), update(decaying, elements - decaying, plain));
  }

  private Launch update(int from, int count, AdamWStep step) {
    return AdamW.launch(
        values + from,
        gradients + from,
        firstMoments + from,
        secondMoments + from,
        count,
        step,
        1f);
  }

  /** Copies the values back to the parameters. */
  void download() {
    for (Parameter p : parameters) {
      device.read(true, value(p.name()), p.value().data(), p.value().size());
    }
  }
}
