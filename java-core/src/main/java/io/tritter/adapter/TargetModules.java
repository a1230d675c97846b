package io.tritter.adapter;

import io.tritter.tensor.Check;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which layers are meant: those whose name is one of {@code names} or ends with a dot and one of
 * them, or those whose whole name matches {@code pattern}.
 *
 * @param names such as {@code q_proj}; empty with a pattern
 * @param pattern a regular expression, or {@code all-linear}, or null
 */
public record TargetModules(List<String> names, @Nullable String pattern) {
  private static final String ALL = "all-linear";

  /** Every matrix of a block. */
  public static final TargetModules ALL_LINEAR = new TargetModules(List.of(), ALL);

  public TargetModules {
    names = List.copyOf(names);
    if (names.isEmpty() == (pattern == null)) {
      throw Check.expected("target_modules", "names or a pattern", names + " and " + pattern);
    }
    if (pattern != null) {
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        throw Check.expected("target_modules", "a regular expression", pattern);
      }
    }
  }

  /** Layers by the ends of their names. */
  public static TargetModules of(String... names) {
    return new TargetModules(List.of(names), null);
  }

  /** Layers by a regular expression for the whole name, or {@code all-linear}. */
  public static TargetModules matching(String pattern) {
    return new TargetModules(List.of(), pattern);
  }

  /** Whether a layer is meant, by its name without {@code .weight}. */
  public boolean matches(String layer) {
    if (pattern != null) {
      return pattern.equals(ALL) || Pattern.matches(pattern, layer);
    }
    return names.stream().anyMatch(n -> layer.equals(n) || layer.endsWith("." + n));
  }

  @Override
  public String toString() {
    return pattern != null ? pattern : names.toString();
  }
}
