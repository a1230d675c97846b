package io.tritter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.model.Transformer;
import io.tritter.model.TransformerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  @TempDir Path folder;

  @Test
  void theJavaExampleOfTheReadmeIsTheOneThatRuns() throws Exception {
    String readme = Files.readString(Path.of("../README.md"));
    String source = Files.readString(JavaExample.source("Hello"));
    assertTrue(readme.contains("```java\n" + source + "```"), "README.md differs");
    String[] lines = JavaExample.run("Hello", folder);
    assertEquals("PackedTrits[3] gives -0.78543305, -0.78543305", lines[0]);
    assertEquals(21, lines.length);
    assertTrue(loss(lines[20]) < 0.6 * loss(lines[1]), lines[1] + " to " + lines[20]);
  }

  @Test
  void theExampleOfModelsLoadsGeneratesAndSaves() throws Exception {
    Path model = folder.resolve("model");
    Transformer.random(TransformerConfig.demo(), 3).save(model);
    Path out = folder.resolve("packed");
    String[] lines = JavaExample.run("Models", folder, model.toString(), out.toString());
    assertTrue(lines[0].startsWith("Transformer["), lines[0]);
    assertTrue(String.join("\n", lines).contains("4 rows of 256 scores"));
    assertEquals(Math.log(256), loss(lines[lines.length - 1]), 0.5); // it has learned nothing
    long packed = Files.size(out.resolve("model.safetensors"));
    assertTrue(packed < Files.size(model.resolve("model.safetensors")) / 8, packed + " bytes");
  }

  private static double loss(String line) {
    return Double.parseDouble(line.substring("loss ".length()));
  }
}
