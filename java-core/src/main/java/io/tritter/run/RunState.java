package io.tritter.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.format.FormatException;

/**
 * Numbers of a run that is under way.
 *
 * @param step steps taken
 * @param tokens predicted in them
 * @param seconds spent, in all its parts
 * @param heldOutLoss the last one that was measured; NaN before
 * @param heldOutStep steps before it was measured
 * @param bestLoss the least held-out loss; NaN before
 * @param bestStep steps before it was measured
 * @param sinceBest measurements since
 */
record RunState(
    long step,
    long tokens,
    double seconds,
    double heldOutLoss,
    long heldOutStep,
    double bestLoss,
    long bestStep,
    int sinceBest) {
  static final RunState START = new RunState(0, 0, 0, Double.NaN, -1, Double.NaN, 0, 0);

  RunState afterStep(long predictions, double secondsNow) {
    return new RunState(
        step + 1,
        tokens + predictions,
        secondsNow,
        heldOutLoss,
        heldOutStep,
        bestLoss,
        bestStep,
        sinceBest);
  }

  RunState afterEvaluation(double loss, double secondsNow) {
    boolean better = !(loss >= bestLoss); // also where there was none
    return new RunState(
        step,
        tokens,
        secondsNow,
        loss,
        step,
        better ? loss : bestLoss,
        better ? step : bestStep,
        better ? 0 : sinceBest + 1);
  }

  /** Whether the held-out loss is that of the weights as they are now. */
  boolean judged() {
    return heldOutStep == step;
  }

  ObjectNode toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("step", step).put("tokens", tokens).put("seconds", seconds);
    number(json, "held_out_loss", heldOutLoss);
    json.put("held_out_step", heldOutStep);
    number(json, "best_loss", bestLoss);
    return json.put("best_step", bestStep).put("since_best", sinceBest);
  }

  /**
   * The numbers that {@link #toJson} wrote.
   *
   * @throws FormatException if one is missing
   */
  static RunState of(String source, JsonNode json) throws FormatException {
    return new RunState(
        whole(source, json, "step"),
        whole(source, json, "tokens"),
        json.path("seconds").asDouble(),
        json.path("held_out_loss").asDouble(Double.NaN),
        json.path("held_out_step").asLong(-1),
        json.path("best_loss").asDouble(Double.NaN),
        whole(source, json, "best_step"),
        (int) whole(source, json, "since_best"));
  }

  private static long whole(String source, JsonNode json, String name) throws FormatException {
    JsonNode number = json.path(name);
    if (!number.isIntegralNumber() || number.longValue() < 0) {
      throw new FormatException(source, 0, "expected a count " + name + ", got " + number);
    }
    return number.longValue();
  }

  private static void number(ObjectNode json, String name, double value) {
    if (Double.isNaN(value)) {
      json.putNull(name);
    } else {
      json.put(name, value);
    }
  }
}
