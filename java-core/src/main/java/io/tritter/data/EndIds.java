package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.format.FormatException;
import io.tritter.format.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The ids that end a text, as a Hugging Face directory says: {@code eos_token_id}. */
final class EndIds {
  private static final List<String> FILES = List.of("generation_config.json", "config.json");
  private static final String KEY = "eos_token_id";

  private EndIds() {}

  /** A number or a list of them in its order, from the first file that has the key. */
  static Set<Integer> of(Path directory) throws IOException {
    for (String name : FILES) {
      Path file = directory.resolve(name);
      if (!Files.exists(file)) {
        continue;
      }
      JsonNode value = JsonFile.read(file).path(KEY);
      Set<Integer> ids = new LinkedHashSet<>();
      if (value.isArray()) {
        value.forEach(id -> ids.add(id.asInt(-1)));
      } else if (value.isInt()) {
        ids.add(value.intValue());
      } else if (!value.isNull() && !value.isMissingNode()) {
        throw new FormatException(
            file.toString(), 0, KEY + ": expected a number or a list, got " + value);
      }
      if (!ids.isEmpty()) {
        return ids;
      }
    }
    return Set.of();
  }
}
