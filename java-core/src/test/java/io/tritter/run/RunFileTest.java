package io.tritter.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.format.FormatException;
import io.tritter.optim.AdamW;
import io.tritter.optim.CautiousAdamW;
import io.tritter.optim.Muon;
import io.tritter.optim.NAdam;
import io.tritter.optim.OptimizerSettings;
import io.tritter.optim.Schedule;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFileTest {
  static final List<String> TEMPLATES = RunTemplate.NAMES;

  private static final String TEXT =
      """
      model:
        layers: 2
      data:
        sources:
          - path: a.txt
          - path: b.jsonl
            format: alpaca
            weight: 2.5
        batch: 4
      training:
        steps: 1_000
        learning_rate: 1e-3
        schedule:
          kind: linear
          warmup_steps: 10
      output: out
      """;

  private static RunFile parse(String text, String... settings) throws IOException {
    return RunFile.parse("run.yaml", text, List.of(settings));
  }

  private static String refusal(String text, String... settings) {
    return String.valueOf(
        assertThrows(FormatException.class, () -> parse(text, settings)).getMessage());
  }

  @Test
  void aFileHasItsValuesAndTheUsualOnesElsewhere() throws IOException {
    RunFile file = parse(TEXT);
    assertEquals(2, Objects.requireNonNull(file.model().config()).layers());
    assertEquals(2, file.data().sources().size());
    assertEquals(2.5, file.data().sources().get(1).weight());
    assertEquals(4, file.data().batch());
    assertEquals(1000, file.training().steps());
    assertEquals(new Schedule.Linear(1e-3, 10, 1000, 0), file.training().schedule());
    assertEquals(2, file.checkpoints().keepLast());
  }

  @ParameterizedTest
  @FieldSource("TEMPLATES")
  void everyTemplateIsAValidFile(String name) throws IOException {
    assertTrue(parse(RunTemplate.text(name)).training().steps() > 0);
  }

  /** As the help of {@code tritter train} says it. */
  @Test
  void theTemplateOfTheDemoTakesFewerSteps() throws IOException {
    assertEquals(200, parse(RunTemplate.text("demo"), "training.steps=200").training().steps());
    FormatException e =
        assertThrows(
            FormatException.class, () -> parse(RunTemplate.text("demo"), "training.steps=60"));
    assertTrue(
        String.valueOf(e.getMessage())
            .endsWith("training.schedule: warmup_steps: expected 0 to 60, got 100"),
        e.getMessage());
  }

  @Test
  void aSettingTakesThePlaceOfWhatTheFileSays() throws IOException {
    RunFile file =
        parse(
            TEXT,
            "training.steps=7",
            "data.sources.1.weight=4",
            "checkpoints.every=3",
            "training.schedule.warmup_steps=0");
    assertEquals(7, file.training().steps());
    assertEquals(4, file.data().sources().get(1).weight());
    assertEquals(3, file.checkpoints().every());
  }

  @Test
  void anOptimizerHasItsOwnConstants() throws IOException {
    AdamW.Settings usual = AdamW.Settings.DEFAULT;
    AdamW.Settings low = new AdamW.Settings(0.8, 0.95, 1e-8, 0.1);
    assertEquals(usual, parse(TEXT).training().optimizer());
    assertEquals(low, optimizer("kind=adamw", "beta1=0.8"));
    assertEquals(new CautiousAdamW(low), optimizer("kind=cautious", "beta1=0.8"));
    assertEquals(new NAdam(low, 0.5), optimizer("kind=nadam", "beta1=.8", "momentum_decay=.5"));
    assertEquals(new NAdam(usual, 0.004), optimizer("kind=nadam"));
    assertEquals(
        new Muon.Settings(0.75, 4, low),
        optimizer("kind=muon", "beta1=.8", "momentum=.75", "iterations=4"));
    assertEquals(Muon.Settings.DEFAULT, optimizer("kind=muon"));
  }

  private static OptimizerSettings optimizer(String... settings) throws IOException {
    return parse(
            TEXT, Stream.of(settings).map(s -> "training.optimizer." + s).toArray(String[]::new))
        .training()
        .optimizer();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stepz: 5| run.yaml, line 1: stepz: expected one of",
        "outputs: x| run.yaml, line 1: outputs: expected 'output', got no such key",
      })
  void anUnknownKeyIsRefusedWithItsLine(String text, String message) {
    String refusal =
        refusal(text + "\ndata: {sources: [{path: a}]}\ntraining: {steps: 1}\noutput: o");
    assertTrue(refusal.startsWith(message), refusal);
  }

  @Test
  void anUnknownKeyInsideASectionNamesTheNearestKnownOne() {
    String refusal = refusal(TEXT.replace("warmup_steps", "warm_up_steps"));
    assertEquals(
        "run.yaml, line 15: training.schedule.warm_up_steps: expected 'warmup_steps', got no such"
            + " key",
        refusal);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.steps=many| training.steps: expected a whole number, got 'many'",
        "training.learning_rate=-1| learning_rate: expected",
        "training.clip_norm=.nan| training.clip_norm: expected a",
        "training.schedule.kind=cosin| training.schedule.kind: expected",
        "training.optimizer.kind=sgd| training.optimizer.kind: expected",
        "training.optimizer.momentum=.9| training.optimizer.momentum: expected one of",
        "training.optimizer.beta1=1| training.optimizer: beta1: expected",
        "data.batch=0| data: batch size: expected at least 1, got 0",
        "data={sources: [{path: a}], held_out: [{path: b}], hold_out_every: 9}| 0 beside held_out, got 9",
        "data.pack=maybe| data.pack: expected true or false, got 'maybe'",
        "data.sources.5.path=x| expected a key of the file, got '5'",
        "model.head_dim=3| headDim: expected an even number, got 3",
        "model.sub_norms=false| sub_norms: expected true with weights bitnet",
        "model.preset=13b| model.preset: expected demo or one of",
        "checkpoints.keep_last=0| keep_last: expected at least 1, got 0",
        "training| expected key=value, got 'training'",
      })
  void aValueThatDoesNotFitIsRefusedByName(String setting, String message) {
    String refusal = refusal(TEXT, setting);
    assertTrue(refusal.contains(message), refusal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a: [1, 2",
        "- a\n- b",
        "a: 1\na: 2",
        "a: &x [1]\nb: *x",
        "? [a, b]\n: c",
        "text",
        "\t- x",
      })
  void whatIsNoMappingInYamlIsRefused(String text) {
    assertThrows(FormatException.class, () -> parse(text));
  }

  @Test
  void aRunWithoutALimitIsRefused() {
    String refusal = refusal(TEXT.replace("steps: 1_000", "seconds: 0"));
    assertTrue(refusal.contains("total_steps") || refusal.contains("limit"), refusal);
  }
}
