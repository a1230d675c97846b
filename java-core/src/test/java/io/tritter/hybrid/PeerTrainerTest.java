package io.tritter.hybrid;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.Golden;
import io.tritter.optim.ParameterShapes;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The logs of {@code tests/golden/peer_api.json}: three runs of the published Rust trainer. */
class PeerTrainerTest {
  /** A history_window of 8 in the published trainer keeps two gradients more. */
  private static final int PUBLISHED_WINDOW = 10;

  /** The published trainer sums in another order, in float32. */
  private static final float PREDICTION = 1e-4f;

  /** Of a few, printed from float32. */
  private static final double STATISTIC = 1e-5;

  static List<JsonNode> runs() throws IOException {
    JsonNode api = new ObjectMapper().readTree(Golden.path("peer_api.json").toFile());
    return List.of(api.get("trainer").get(0), api.get("trainer").get(1), api.get("trainer").get(2));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void everyStepIsThatOfThePublishedTrainer(JsonNode run) {
    DeterministicTrainer trainer = trainer(run);
    int[] shape = shape(run.get("shape"));
    for (JsonNode wanted : run.get("steps")) {
      String step = "step " + wanted.get("step");
      boolean announced = trainer.needsBackward();
      Map<String, Tensor> gradients = Map.of("w", Tensor.of(floats(wanted.get("grad")), shape));
      StepResult got = trainer.step(gradients, wanted.get("loss").asDouble());
      assertEquals(wanted.get("phase").asText(), got.phase().name(), step);
      assertEquals(wanted.get("needs_backward").asBoolean(), got.needsBackward(), step);
      assertEquals(announced, got.needsBackward(), step);
      assertEquals(wanted.get("total_step").asLong(), got.totalStep(), step);
      assertEquals(wanted.get("cycle").asLong(), got.cycle(), step);
      assertEquals(wanted.get("speedup").asDouble(), got.speedup(), STATISTIC, step);
      assertEquals(
          wanted.get("mean_prediction_error").asDouble(),
          got.meanPredictionError(),
          STATISTIC,
          step);
      Map<String, Tensor> predicted = got.predictedGradients();
      if (predicted == null) {
        assertTrue(wanted.get("predicted").isNull(), step);
      } else {
        assertArrayEquals(
            floats(wanted.get("predicted")),
            requireNonNull(predicted.get("w")).toArray(),
            PREDICTION,
            step);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void theStatisticsAreThoseOfThePublishedTrainer(JsonNode run) {
    DeterministicTrainer trainer = trainer(run);
    int[] shape = shape(run.get("shape"));
    for (JsonNode step : run.get("steps")) {
      trainer.step(
          () -> Map.of("w", Tensor.of(floats(step.get("grad")), shape)),
          step.get("loss").asDouble());
    }
    assertEquals(run.get("phase").asText(), trainer.phase().name());
    JsonNode wanted = run.get("stats");
    TrainerStats got = trainer.stats();
    assertEquals(wanted.get("total_steps").asLong(), got.totalSteps());
    assertEquals(wanted.get("warmup_steps").asLong(), got.warmupSteps());
    assertEquals(wanted.get("full_steps").asLong(), got.fullSteps());
    assertEquals(wanted.get("predict_steps").asLong(), got.predictSteps());
    assertEquals(wanted.get("correct_steps").asLong(), got.correctSteps());
    assertEquals(wanted.get("cycles").asLong(), got.cycles());
    assertEquals(wanted.get("speedup").asDouble(), got.speedup(), STATISTIC);
    assertEquals(
        wanted.get("mean_prediction_error").asDouble(), got.meanPredictionError(), STATISTIC);
    assertEquals(wanted.get("current_loss").asDouble(), got.currentLoss());
  }

  private static DeterministicTrainer trainer(JsonNode run) {
    JsonNode config = run.get("config");
    PhaseSchedule byDefault = PhaseSchedule.DEFAULT;
    PhaseSchedule schedule =
        new PhaseSchedule(
            config.path("warmup_steps").asInt(byDefault.warmup()),
            config.path("full_steps").asInt(byDefault.full()),
            config.path("predict_steps").asInt(byDefault.predict()),
            config.path("correct_every").asInt(byDefault.correctEvery()));
    ParameterShapes w = ParameterShapes.of(List.of("w"), List.of(shape(run.get("shape"))));
    return new DeterministicTrainer(
        LinearPredictor.window(w, PUBLISHED_WINDOW, LinearPredictor.DEFAULT_DECAY),
        schedule,
        AdaptiveLengths.DEFAULT);
  }

  private static int[] shape(JsonNode shape) {
    return new int[] {shape.get(0).asInt(), shape.get(1).asInt()};
  }

  private static float[] floats(JsonNode matrix) {
    float[] values = new float[matrix.size() * matrix.get(0).size()];
    int i = 0;
    for (JsonNode row : matrix) {
      for (JsonNode value : row) {
        values[i++] = (float) value.asDouble();
      }
    }
    return values;
  }
}
