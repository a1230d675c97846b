package io.tritter.run;

import io.tritter.adapter.AdapterConfig;
import io.tritter.data.Batch;
import io.tritter.data.DataSettings;
import io.tritter.data.DataStream;
import io.tritter.data.Tokenizer;
import io.tritter.model.TransformerConfig;
import io.tritter.tensor.Check;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Looks at everything that a run needs, short of the weights. */
final class RunCheck {
  private RunCheck() {}

  static String describe(RunFile run) throws IOException {
    Tokenizer tokenizer = RunTokenizer.of(run).tokenizer();
    TransformerConfig config =
        run.model().path() == null
            ? run.model().sizes(tokenizer)
            : TransformerConfig.read(run.model().path());
    if (run.data().context() > config.context()) {
      throw Check.expected(
          "data.context", "at most the model's " + config.context(), run.data().context());
    }
    List<String> notes = new ArrayList<>();
    OptionalLong batches;
    try (DataStream<Batch> data = run.data().open(tokenizer, notes::add)) {
      batches = data.lengthHint();
      if (data.next() == null) {
        throw Check.expected("data", "a batch at least", "none");
      }
    }
    heldOut(run, tokenizer);
    int tokens = run.data().batch() * run.data().context() * run.training().accumulate();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "model      %,d parameters, %s%n",
            config.parameterCount(),
            config.weights()));
    text.append(run.quantization() == null ? "" : "quantized  " + run.quantization() + "\n");
    text.append(run.adapter() == null ? "" : "adapter    " + words(run.adapter()) + "\n");
    text.append(String.format(Locale.ROOT, "tokenizer  %,d ids%n", tokenizer.vocabSize()));
    text.append(
        String.format(
            Locale.ROOT,
            "data       %d of %d tokens a batch%s%n",
            run.data().batch(),
            run.data().context(),
            batches.isPresent()
                ? String.format(Locale.ROOT, ", about %,d batches an epoch", batches.getAsLong())
                : ""));
    TrainingSettings training = run.training();
    text.append(
        training.steps() > 0
            ? String.format(Locale.ROOT, "training   %,d steps", training.steps())
            : String.format(Locale.ROOT, "training   %,.0f seconds", training.seconds()));
    text.append(String.format(Locale.ROOT, ", %,d tokens a step%n", tokens));
    text.append(run.heldOut() == null ? "held out   nothing\n" : "");
    text.append("output     ").append(run.output()).append('\n');
    notes.forEach(note -> text.append(note).append('\n'));
    return text.append("ready to train").toString();
  }

  /** A record in words: {@code Lora: r=8, loraAlpha=16.0}. */
  private static String words(AdapterConfig config) {
    return config.toString().replaceFirst("Config\\[", ": ").replaceFirst("\\]$", "");
  }

  /**
   * Looks for held-out data, if there are to be some.
   *
   * @throws IllegalArgumentException if there are none
   */
  static void heldOut(RunFile run, Tokenizer tokenizer) throws IOException {
    DataSettings held = run.heldOut();
    if (held == null) {
      return;
    }
    Batch first;
    try (DataStream<Batch> data = held.open(tokenizer, line -> {})) {
      first = data.next();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("held-out " + e.getMessage(), e);
    }
    if (first == null) {
      throw Check.expected("held-out data", "a sequence at least", "none");
    }
  }
}
