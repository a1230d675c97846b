package io.tritter.run;

import io.tritter.hybrid.ForecastError;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a run came to.
 *
 * @param steps taken, in all its parts
 * @param tokens predicted in them
 * @param seconds spent
 * @param heldOutLoss at the end, in nats a token; NaN without held-out data
 * @param bestLoss the least of the run; NaN without held-out data
 * @param bestStep steps before that
 * @param end why it ended
 * @param finished whether it reached a limit of its own; otherwise it can go on
 * @param forecasts what forecasts of the loss were worth; empty where nobody forecast
 * @param model directory of the trained model: the one with the best loss, packed if it is ternary
 */
public record RunSummary(
    long steps,
    long tokens,
    double seconds,
    double heldOutLoss,
    double bestLoss,
    long bestStep,
    String end,
    boolean finished,
    List<ForecastError> forecasts,
    Path model) {

  public RunSummary {
    forecasts = List.copyOf(forecasts);
  }

  /** The summary in words. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "%,d steps, %,d tokens, %.1f s (%s)%n", steps, tokens, seconds, end));
    if (!Double.isNaN(heldOutLoss)) {
      text.append(
          String.format(
              Locale.ROOT,
              "held-out loss %.4f nats a token (perplexity %.2f), best %.4f after %,d steps%n",
              heldOutLoss,
              Math.exp(heldOutLoss),
              bestLoss,
              bestStep));
    }
    ForecastErrors.describe(forecasts)
        .forEach((what, error) -> text.append(String.format(Locale.ROOT, "%s: %s%n", what, error)));
    return text.append("model: ").append(model).toString();
  }
}
