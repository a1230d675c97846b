package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.tensor.Check;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a row says: which text is read, and which learned. */
public interface RowFormat {
  /** The names that {@link #named} knows. */
  List<String> NAMES = List.of("text", "prompt", "alpaca", "chat", "sharegpt");

  /**
   * The text of a row; all of it empty for a row that is none.
   *
   * @param row an object
   * @throws IllegalArgumentException for a row that has not what the format needs; it is left out
   *     or an error, as {@link BadRows} says
   */
  List<TextPart> parts(JsonNode row);

  /** Names of the fields that it looks at, so that others need not be read; all if empty. */
  Set<String> columns();

  /**
   * A format.
   *
   * <ul>
   *   <li>{@code text}: one text that is learned; its field is found where {@code text} is not
   *       named
   *   <li>{@code prompt}: {@code prompt} is read, {@code completion} learned
   *   <li>{@code alpaca}: {@code instruction} and, where there is one, {@code input} are read,
   *       {@code output} learned
   *   <li>{@code chat}: {@code messages} with {@code role} and {@code content}; what the assistant
   *       says is learned
   *   <li>{@code sharegpt}: the same with {@code conversations}, {@code from} and {@code value}
   * </ul>
   *
   * @param fields other names for these fields, by theirs
   * @param template null for the usual one: Alpaca's for {@code alpaca}, else ChatML
   * @param learnPrompts whether what would only be read is learned too
   * @throws IllegalArgumentException for another name, or a field that the format has not
   */
  static RowFormat named(
      String name,
      Map<String, String> fields,
      @Nullable ChatTemplate template,
      boolean learnPrompts) {
    FieldNames names = new FieldNames(name, fields);
    ChatTemplate usual = name.equals("alpaca") ? ChatTemplate.ALPACA : ChatTemplate.CHATML;
    ChatTemplate chosen = template == null ? usual : template;
    RowFormat format =
        switch (name) {
          case "text" -> new TextFormat(names.optional("text"));
          case "prompt" ->
              new PromptFormat(names.of("prompt"), names.of("completion"), learnPrompts);
          case "alpaca" ->
              new AlpacaFormat(
                  names.of("instruction"),
                  names.of("input"),
                  names.of("output"),
                  chosen,
                  learnPrompts);
          case "chat" ->
              new ChatFormat(
                  names.of("messages"),
                  names.of("role"),
                  names.of("content"),
                  chosen,
                  learnPrompts);
          case "sharegpt" ->
              new ChatFormat(
                  names.of("conversations"),
                  names.of("from"),
                  names.of("value"),
                  chosen,
                  learnPrompts);
          default -> throw Check.expected("format", "one of " + NAMES, "'" + name + "'");
        };
    names.requireAllUsed();
    return format;
  }
}
