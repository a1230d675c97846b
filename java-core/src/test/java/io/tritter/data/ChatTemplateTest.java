package io.tritter.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tritter.format.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplateTest {
  @TempDir private Path folder;

  @Test
  void aModelsTemplateIsKnownByItsMarkers() throws IOException {
    assertEquals(ChatTemplate.PLAIN, ChatTemplate.of(folder));
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(config, "{\"chat_template\": \"{% for m in messages %}<|im_start|>...\"}");
    assertEquals(ChatTemplate.CHATML, ChatTemplate.of(folder));
    Files.writeString(config, "{\"chat_template\": \"<|start_header_id|>{{ m.role }}\"}");
    assertEquals(ChatTemplate.LLAMA3, ChatTemplate.of(folder));
    Files.writeString(config, "{}");
    assertEquals(ChatTemplate.PLAIN, ChatTemplate.of(folder));
    Files.writeString(folder.resolve("chat_template.jinja"), "### Instruction:\n{{ m.content }}");
    assertEquals(ChatTemplate.ALPACA, ChatTemplate.of(folder));
  }

  @Test
  void aConfigurationThatIsNoJsonIsRefused() throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), "{");
    assertThrows(FormatException.class, () -> ChatTemplate.of(folder));
  }
}
