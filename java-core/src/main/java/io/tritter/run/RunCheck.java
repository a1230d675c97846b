package io.tritter.run;

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
    OptionalLong rows;
    try (DataStream<Batch> data = run.data().open(tokenizer, notes::add)) {
      rows = data.lengthHint();
      if (data.next() == null) {
        throw Check.expected("data", "a batch at least", "none");
      }
    }
    heldOut(run, tokenizer);
    int tokens = run.data().batch() * run.data().context() * run.training().accumulate();
    StringBuilder text = new StringBuilder();
    text.append(line("model", "%,d parameters, %s", config.parameterCount(), config.weights()));
    text.append(line("tokenizer", "%,d ids", tokenizer.vocabSize()));
    text.append(
        line(
            "data",
            "%d of %d tokens a batch%s",
            run.data().batch(),
            run.data().context(),
            rows.isPresent() ? ", about %,d batches an epoch".formatted(rows.getAsLong()) : ""));
    text.append(
        line(
            "training",
            "%s, %,d tokens a step",
            run.training().steps() > 0
                ? "%,d steps".formatted(run.training().steps())
                : "%.0f seconds".formatted(run.training().seconds()),
            tokens));
    text.append(line("held out", "%s", run.heldOut() == null ? "nothing" : "yes"));
    text.append(line("output", "%s", run.output()));
    notes.forEach(note -> text.append(note).append('\n'));
    return text.append("ready to train").toString();
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

  private static String line(String name, String format, Object... values) {
    return String.format(Locale.ROOT, "%-10s ", name) + String.format(Locale.ROOT, format, values)
        + "\n";
  }
}
