package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.Golden;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Formats of rows. What is learned stands in {@code «»} here, and the end of a document as ¶. */
class RowFormatTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHAT =
      """
      {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
       {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Bye"},
       {"role": "assistant", "content": "Ciao"}]}""";

  @ParameterizedTest
  @EnumSource
  void conversationsAreWrittenByTheTemplate(ChatTemplate template) throws IOException {
    String wanted =
        switch (template) {
          case CHATML ->
              """
              <|im_start|>system
              Be brief.<|im_end|>
              <|im_start|>user
              Hi<|im_end|>
              <|im_start|>assistant
              «Hello<|im_end|>»
              <|im_start|>user
              Bye<|im_end|>
              <|im_start|>assistant
              «Ciao<|im_end|>»""";
          case LLAMA3 ->
              """
              <|start_header_id|>system<|end_header_id|>

              Be brief.<|eot_id|><|start_header_id|>user<|end_header_id|>

              Hi<|eot_id|><|start_header_id|>assistant<|end_header_id|>

              «Hello<|eot_id|>»<|start_header_id|>user<|end_header_id|>

              Bye<|eot_id|><|start_header_id|>assistant<|end_header_id|>

              «Ciao<|eot_id|>»""";
          case ALPACA ->
              """
              Be brief.

              ### Instruction:
              Hi

              ### Response:
              «Hello¶»

              ### Instruction:
              Bye

              ### Response:
              «Ciao¶»""";
          case PLAIN ->
              """
              system: Be brief.
              user: Hi
              assistant:« Hello
              »user: Bye
              assistant:« Ciao
              ¶»""";
        };
    assertEquals(wanted, shown(format("chat", template), CHAT));
  }

  @ParameterizedTest
  @EnumSource
  void aPromptIsWhatTrainingReadsBeforeTheLastAnswer(ChatTemplate template) {
    List<Message> question =
        List.of(
            new Message(Message.Role.USER, "Hi"),
            new Message(Message.Role.ASSISTANT, "Hello"),
            new Message(Message.Role.USER, "Bye"));
    List<Message> answered =
        List.of(
            question.get(0),
            question.get(1),
            question.get(2),
            new Message(Message.Role.ASSISTANT, "Ciao"));
    StringBuilder whole = new StringBuilder();
    template.parts(answered, false).forEach(part -> whole.append(part.text()));
    String prompt = template.prompt(question);
    assertTrue(whole.toString().startsWith(prompt), whole + "\n" + prompt);
    String answer = whole.substring(prompt.length());
    assertTrue(answer.strip().startsWith("Ciao"), answer);
  }

  @Test
  void alpacaIsWrittenAsStanfordDid() throws IOException {
    RowFormat format = format("alpaca", null);
    assertEquals(
        "Below is an instruction that describes a task. Write a response that appropriately"
            + " completes the request.\n\n### Instruction:\nAdd.\n\n### Response:\n«3¶»",
        shown(format, "{\"instruction\": \"Add.\", \"input\": \"\", \"output\": \"3\"}"));
    assertEquals(
        "Below is an instruction that describes a task, paired with an input that provides further"
            + " context. Write a response that appropriately completes the request.\n\n"
            + "### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:\n«3¶»",
        shown(format, "{\"instruction\": \"Add.\", \"input\": \"1 2\", \"output\": \"3\"}"));
    assertEquals(
        "<|im_start|>user\nAdd.\n\n1 2<|im_end|>\n<|im_start|>assistant\n«3<|im_end|>»",
        shown(
            format("alpaca", ChatTemplate.CHATML),
            "{\"instruction\": \"Add.\", \"input\": \"1 2\", \"output\": \"3\"}"));
  }

  @Test
  void sharegptIsAConversationUnderOtherNames() throws IOException {
    assertEquals(
        "user: a\nassistant:« b\n¶»",
        shown(
            format("sharegpt", ChatTemplate.PLAIN),
            "{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"},"
                + " {\"from\": \"gpt\", \"value\": \"b\"}]}"));
  }

  @Test
  void fieldsMayHaveOtherNames() throws IOException {
    RowFormat format =
        RowFormat.named("prompt", Map.of("prompt", "q", "completion", "a"), null, false);
    assertEquals("1+1=«2¶»", shown(format, "{\"q\": \"1+1=\", \"a\": \"2\"}"));
    RowFormat all = RowFormat.named("prompt", Map.of(), null, true);
    assertEquals("«1+1=2¶»", shown(all, "{\"prompt\": \"1+1=\", \"completion\": \"2\"}"));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> RowFormat.named("alpaca", Map.of("question", "q"), null, false));
    assertEquals(
        "fields of alpaca: expected some of [instruction, input, output], got 'question'",
        e.getMessage());
    e =
        assertThrows(
            IllegalArgumentException.class, () -> RowFormat.named("csv", Map.of(), null, false));
    assertEquals(
        "format: expected one of [text, prompt, alpaca, chat, sharegpt], got 'csv'",
        e.getMessage());
  }

  @Test
  void theTextIsFoundWhereItIsNotNamed() throws IOException {
    RowFormat format = format("text", null);
    assertEquals("«a¶»", shown(format, "{\"id\": \"7\", \"text\": \"a\"}"));
    assertEquals("«b¶»", shown(format, "{\"id\": \"7\", \"content\": \"b\"}"));
    assertEquals("«c¶»", shown(format, "{\"id\": 7, \"body\": \"c\"}"));
    assertEquals("«¶»", shown(format, "{\"id\": 7, \"body\": null}"));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> shown(format, "{\"title\": \"7\", \"body\": \"c\"}"));
    assertEquals(
        "row: expected a field [text, content] or one text, got [title, body]", e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alpaca | {\"output\": \"3\"} | field 'instruction': expected a text, got none; the row has [output]",
        "alpaca | {\"instruction\": 3} | field 'instruction': expected a text, got a value of type NUMBER",
        "chat | {\"messages\": []} | messages: expected a list of messages that is not empty, got ARRAY",
        "chat | {} | messages: expected a list of messages that is not empty, got MISSING",
        "chat | {\"messages\": [{\"role\": \"user\"}]} | messages[0]: expected a text as role and as content",
        "chat | {\"messages\": [{\"role\": \"god\", \"content\": \"\"}]} | messages: expected roles system",
        "chat | {\"messages\": [{\"role\": \"user\", \"content\": \"\"}]} | messages: expected an answer",
      })
  void rowsThatLackSomethingAreRefused(String format, String row, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> shown(format(format, null), row));
    assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
  }

  @Test
  void learnedPartsAreLabelsAndOthersAreNot() throws IOException {
    ExampleEncoder encoder = new ExampleEncoder(Tokenizer.bytes(), 7);
    List<TextPart> parts =
        List.of(
            new TextPart("ab", false),
            new TextPart("", true),
            new TextPart("c", true),
            TextPart.END);
    Example example = encoder.encode(parts, true, true);
    assertArrayEquals(new int[] {'a', 'b', 'c', 7}, example.ids);
    assertArrayEquals(new int[] {Batch.IGNORE, Batch.IGNORE, 'c', 7}, example.labels);
    assertArrayEquals(new int[] {'a', 'b', 'c'}, encoder.encode(parts, true, false).ids);
    assertThrows(IllegalArgumentException.class, () -> new ExampleEncoder(Tokenizer.bytes(), 256));
  }

  @Test
  void aPromptIsEncodedAsWhenTheModelIsUsed() throws IOException {
    Tokenizer tokenizer = Tokenizer.of(Golden.path("tokenizer_bpe"));
    ExampleEncoder encoder = new ExampleEncoder(tokenizer, 1);
    List<TextPart> parts =
        List.of(
            new TextPart("To be", false),
            new TextPart(", or", false),
            new TextPart(" not to be", true),
            TextPart.END);
    Example example = encoder.encode(parts, true, true);
    int[] prompt = tokenizer.encode("To be, or");
    int[] answer = tokenizer.encodePart(" not to be");
    assertArrayEquals(prompt, Arrays.copyOf(example.ids, prompt.length));
    assertArrayEquals(
        answer, Arrays.copyOfRange(example.ids, prompt.length, prompt.length + answer.length));
    assertEquals(prompt.length + answer.length + 1, example.length());
    assertEquals(1, example.labels[example.length() - 1]);
    assertArrayEquals(
        tokenizer.encodePart("be"),
        encoder.encode(List.of(new TextPart("be", true)), false, false).ids);
  }

  private static RowFormat format(String name, @Nullable ChatTemplate template) {
    return RowFormat.named(name, Map.of(), template, false);
  }

  private static String shown(RowFormat format, String row) throws JsonProcessingException {
    StringBuilder shown = new StringBuilder();
    boolean learned = false;
    for (TextPart part : format.parts(JSON.readTree(row))) {
      if (part.learned() != learned && !(part.text().isEmpty() && !part.ends())) {
        shown.append(learned ? "»" : "«");
        learned = part.learned();
      }
      shown.append(part.text()).append(part.ends() ? "¶" : "");
    }
    return shown + (learned ? "»" : "");
  }
}
