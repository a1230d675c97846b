package io.tritter.hybrid;

import static java.util.Objects.requireNonNull;

import io.tritter.nn.Parameter;
import io.tritter.optim.Optimizer;
import io.tritter.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Depth growth by stacking (Gong et al., 2019; Du et al., 2024): layers that come in become copies
 * of those that have learned, the moments of the optimizer included. Without those, an optimizer
 * that divides by a long average of squares would take leaps with the first gradients it sees.
 *
 * <p>Until then they have no say, so that the whole model is at any time what has been learned: it
 * can be judged, saved and used.
 */
final class Stacking {
  private Stacking() {}

  /** Sets parameters and their moments to zero. */
  static void silence(Set<String> names, List<Parameter> parameters, Optimizer optimizer) {
    Map<String, Map<String, Tensor>> all = byParameter(parameters, optimizer);
    names.forEach(name -> all.getOrDefault(name, Map.of()).values().forEach(Tensor::clear));
  }

  /**
   * Copies values and moments.
   *
   * @param sources by the name of a parameter, the one that it becomes a copy of, which has the
   *     same shape and is no copy itself
   */
  static void copy(Map<String, String> sources, List<Parameter> parameters, Optimizer optimizer) {
    Map<String, Map<String, Tensor>> all = byParameter(parameters, optimizer);
    sources.forEach(
        (to, from) -> {
          Map<String, Tensor> target = all.getOrDefault(to, Map.of());
          all.getOrDefault(from, Map.of())
              .forEach((part, source) -> requireNonNull(target.get(part)).copyFrom(source));
        });
  }

  /**
   * By the name of each parameter its value, and what the optimizer keeps of it, by its name there
   * without that of the parameter.
   */
  private static Map<String, Map<String, Tensor>> byParameter(
      List<Parameter> parameters, Optimizer optimizer) {
    Map<String, Map<String, Tensor>> all = new HashMap<>();
    parameters.forEach(p -> all.computeIfAbsent(p.name(), n -> new HashMap<>()).put("", p.value()));
    optimizer
        .state()
        .tensors()
        .forEach(
            (name, tensor) -> {
              String owner = "";
              for (String parameter : all.keySet()) {
                if (parameter.length() > owner.length()
                    && (name + ".").contains("." + parameter + ".")) {
                  owner = parameter;
                }
              }
              Map<String, Tensor> of = all.get(owner);
              if (of != null) {
                of.put(name.replace("." + owner, "."), tensor);
              }
            });
    return all;
  }
}
