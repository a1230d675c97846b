package io.tritter.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.adapter.AdapterConfig;
import io.tritter.format.FormatException;
import java.nio.file.Path;

/** The text of an {@code adapter_config.json} of Hugging Face PEFT. */
public final class PeftConfig {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PeftConfig() {}

  /**
   * What a text describes.
   *
   * @param source named in errors
   * @throws FormatException for what is no such configuration, or not computed here
   */
  public static AdapterConfig read(String source, String text) throws FormatException {
    try {
      return PeftJson.read(Path.of(source), JSON.readTree(text));
    } catch (JsonProcessingException e) {
      throw new FormatException(source, 0, "expected a JSON object, got " + e.getOriginalMessage());
    }
  }

  /**
   * The text for an adapter of a model.
   *
   * @param baseModel path or name of the model, as others will look for it
   */
  public static String write(AdapterConfig config, String baseModel, TransformerConfig model) {
    return PeftJson.write(config, baseModel, model).toPrettyString() + "\n";
  }
}
