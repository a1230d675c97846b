package io.tritter.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.tritter.data.Message.Role;
import java.util.List;
import java.util.Set;

/**
 * An instruction, an input that may be missing or empty, and the output.
 *
 * @param template its own is what the Stanford Alpaca was trained on, with its two introductions
 */
record AlpacaFormat(
    String instruction, String input, String output, ChatTemplate template, boolean learnPrompts)
    implements RowFormat {
  private static final String TASK = "Below is an instruction that describes a task";
  private static final String WITH_INPUT = ", paired with an input that provides further context";
  private static final String ANSWER =
      ". Write a response that appropriately completes the request.\n\n### Instruction:\n";

  @Override
  public List<TextPart> parts(JsonNode row) {
    String task = FieldNames.text(row, instruction);
    JsonNode more = row.path(input);
    String context = more.isMissingNode() || more.isNull() ? "" : FieldNames.text(row, input);
    String answer = FieldNames.text(row, output);
    if (template != ChatTemplate.ALPACA) {
      String question = context.isEmpty() ? task : task + "\n\n" + context;
      return template.parts(
          List.of(new Message(Role.USER, question), new Message(Role.ASSISTANT, answer)),
          learnPrompts);
    }
    String prompt =
        TASK
            + (context.isEmpty() ? "" : WITH_INPUT)
            + ANSWER
            + task
            + (context.isEmpty() ? "" : "\n\n### Input:\n" + context)
            + "\n\n### Response:\n";
    return List.of(new TextPart(prompt, learnPrompts), new TextPart(answer, true), TextPart.END);
  }

  @Override
  public Set<String> columns() {
    return Set.of(instruction, input, output);
  }
}
