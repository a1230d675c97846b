package io.tritter.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON of a file, whole; what is none is a {@link FormatException} with its place. */
public final class JsonFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonFile() {}

  /**
   * Reads a file.
   *
   * @throws FormatException if it holds no JSON
   * @throws IOException if it cannot be read
   */
  public static JsonNode read(Path file) throws IOException {
    return read(file.toString(), Files.readAllBytes(file));
  }

  /**
   * Reads the bytes of a file.
   *
   * @param source the file, for errors
   * @throws FormatException if they are no JSON
   */
  public static JsonNode read(String source, byte[] bytes) throws IOException {
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new FormatException(
          source, Math.max(0, e.getLocation().getByteOffset()), "expected JSON: " + complaint(e));
    }
  }

  /** What is wrong with a text, without the place of its beginning that Jackson adds to it. */
  public static String complaint(JsonProcessingException e) {
    return e.getOriginalMessage().replaceFirst(" \\(start marker at .*", "");
  }
}
