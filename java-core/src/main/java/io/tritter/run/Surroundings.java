package io.tritter.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tritter.data.DataStream;
import io.tritter.hybrid.Restorable;
import io.tritter.optim.State;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a rollback restores beside weights and optimizer: the place in the data, and what adapters
 * draw by.
 */
final class Surroundings implements Restorable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PLACE = "place";
  private static final String LEARNER = "learner.";

  private final DataStream<?> data;
  private final Learner learner;

  Surroundings(DataStream<?> data, Learner learner) {
    this.data = data;
    this.learner = learner;
  }

  /** The place is JSON, a byte an element: a state holds tensors and numbers only. */
  @Override
  public State state() {
    byte[] json = data.state().toString().getBytes(StandardCharsets.UTF_8);
    float[] elements = new float[json.length];
    for (int i = 0; i < json.length; i++) {
      elements[i] = json[i];
    }
    Tensor place = Tensor.of(elements, elements.length);
    return new State(Map.of(PLACE, place), Map.of()).plus(learner.state().within(LEARNER));
  }

  @Override
  public void load(State state) {
    Tensor place = state.tensors().get(PLACE);
    if (place == null) {
      throw Check.expected("state", "a tensor " + PLACE, "none");
    }
    byte[] json = new byte[(int) place.size()];
    for (int i = 0; i < json.length; i++) {
      json[i] = (byte) place.get(i);
    }
    try {
      data.restore(JSON.readTree(new String(json, StandardCharsets.UTF_8)));
    } catch (JsonProcessingException e) {
      throw Check.expected(PLACE, "JSON", e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    learner.load(state.part(LEARNER));
  }
}
