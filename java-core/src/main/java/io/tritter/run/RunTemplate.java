package io.tritter.run;

import io.tritter.tensor.Check;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Run files to begin with, with a comment on each setting. */
public final class RunTemplate {
  /** Their names. */
  public static final List<String> NAMES =
      List.of("demo", "pretrain-100m", "finetune", "lora", "qlora");

  private RunTemplate() {}

  /**
   * The text of a run file.
   *
   * @throws IllegalArgumentException for another name; the message has the known ones
   */
  public static String text(String name) throws IOException {
    if (!NAMES.contains(name)) {
      throw Check.expected("preset", "one of " + NAMES, "'" + name + "'");
    }
    try (InputStream in = RunTemplate.class.getResourceAsStream(name + ".yaml")) {
      if (in == null) {
        throw new IllegalStateException(name + ".yaml: missing beside " + RunTemplate.class);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
