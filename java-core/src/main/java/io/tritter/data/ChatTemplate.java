package io.tritter.data;

import io.tritter.data.Message.Role;
import io.tritter.format.JsonFile;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a conversation is written as one text. What an assistant says is learned, with what ends it.
 *
 * <p>The templates in {@code tokenizer_config.json} are programs in Jinja, and not run: the ones
 * here are those that most of them amount to. A marker such as {@code <|im_end|>} is one id where
 * the tokenizer has it.
 */
public enum ChatTemplate {
  /** ChatML: Qwen, and most models that were trained on conversations by others. */
  CHATML("<|im_end|>", "\n") {
    @Override
    String opening(Role role) {
      return "<|im_start|>" + name(role) + "\n";
    }
  },
  /** Llama 3; the tokenizer puts its first id before it. */
  LLAMA3("<|eot_id|>", "") {
    @Override
    String opening(Role role) {
      return "<|start_header_id|>" + name(role) + "<|end_header_id|>\n\n";
    }
  },
  /** Headings for instruction and response, as the Stanford Alpaca has them. */
  ALPACA("", "\n\n") {
    @Override
    String opening(Role role) {
      return switch (role) {
        case SYSTEM -> "";
        case USER -> "### Instruction:\n";
        case ASSISTANT -> "### Response:\n";
        case TOOL -> "### Input:\n";
      };
    }
  },
  /** A line {@code role: content} each. */
  PLAIN("\n", "") {
    @Override
    String opening(Role role) {
      return name(role) + ":";
    }
  };

  /** Ends a message; part of what is learned of an assistant's. */
  private final String closing;

  /** Between two messages. */
  private final String gap;

  ChatTemplate(String closing, String gap) {
    this.closing = closing;
    this.gap = gap;
  }

  /**
   * A template by its name in any case.
   *
   * @throws IllegalArgumentException for another name; the message has the known ones
   */
  public static ChatTemplate named(String name) {
    return Check.constant("template", ChatTemplate.class, name);
  }

  /**
   * The template that a model was trained with, by the markers in its own: {@code chat_template} of
   * {@code tokenizer_config.json}, or {@code chat_template.jinja}; {@link #PLAIN} where there is
   * none or it has none of them.
   *
   * @throws io.tritter.format.FormatException for a configuration that is no JSON
   */
  public static ChatTemplate of(Path directory) throws IOException {
    Path jinja = directory.resolve("chat_template.jinja");
    Path config = directory.resolve("tokenizer_config.json");
    if (Files.exists(jinja)) {
      return recognized(Files.readString(jinja));
    }
    return Files.exists(config)
        ? recognized(JsonFile.read(config).path("chat_template").toString())
        : PLAIN;
  }

  /** The template that a program in Jinja amounts to, by its markers. */
  static ChatTemplate recognized(String program) {
    if (program.contains("<|im_start|>")) {
      return CHATML;
    }
    if (program.contains("<|start_header_id|>")) {
      return LLAMA3;
    }
    return program.contains("### Instruction") ? ALPACA : PLAIN;
  }

  /** What stands before the content of a message. */
  abstract String opening(Role role);

  static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /**
   * A conversation to learn from.
   *
   * @param all whether everything is learned, and not only what the assistant says
   */
  public List<TextPart> parts(List<Message> messages, boolean all) {
    List<TextPart> parts = new ArrayList<>();
    for (Message message : messages) {
      boolean learned = all || message.role() == Role.ASSISTANT;
      parts.add(new TextPart((parts.isEmpty() ? "" : gap) + opening(message.role()), all));
      parts.add(new TextPart(body(message), learned));
      if (this == ALPACA && message.role() == Role.ASSISTANT) {
        parts.add(TextPart.END);
      }
    }
    if (this == PLAIN) {
      parts.add(TextPart.END);
    }
    return parts;
  }

  /** A conversation to answer: a text that the assistant goes on with. */
  public String prompt(List<Message> messages) {
    StringBuilder text = new StringBuilder();
    for (Message message : messages) {
      text.append(opening(message.role())).append(body(message)).append(gap);
    }
    return text + opening(Role.ASSISTANT);
  }

  /** Texts that end an answer where no end id does. */
  public List<String> stops() {
    return switch (this) {
      case CHATML, LLAMA3 -> List.of(closing);
      case ALPACA -> List.of("\n\n### Instruction:");
      case PLAIN -> List.of("\nuser:");
    };
  }

  private String body(Message message) {
    return (this == PLAIN ? " " : "") + message.content() + closing;
  }
}
