package io.tritter.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tritter.nn.Parameter;
import io.tritter.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Passes through a part of a model. */
class DepthTest {
  private static final int BATCH = 3;

  private static int[] ids(long seed) {
    return new SplittableRandom(seed)
        .ints((long) BATCH * TinyModel.CONTEXT, 0, TinyModel.VOCABULARY)
        .toArray();
  }

  private static Map<String, float[]> gradients(Transformer model) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (Parameter p : model.parameters()) {
      gradients.put(p.name(), p.gradient().toArray());
    }
    return gradients;
  }

  private static double pass(Transformer model, boolean embeddings) {
    model.clearGradients();
    model.forward(ids(1), BATCH);
    return model.lossAndBackward(ids(2), 1, embeddings);
  }

  private static boolean inBlock(String name, int block) {
    return name.contains("layers." + block + ".") || name.contains("h." + block + ".");
  }

  /** A block whose two output matrices are zero passes on what it gets: the residual stream. */
  private static void silence(Transformer model, int block) {
    for (Output output : List.of(Output.ATTENTION, Output.FEED_FORWARD)) {
      for (Parameter p : model.parameters()) {
        if (inBlock(p.name(), block) && output.matches(p.name())) {
          p.value().clear();
        }
      }
    }
    model.weightsChanged();
  }

  private enum Output {
    ATTENTION("o_proj.", "attn.c_proj."),
    FEED_FORWARD("down_proj.", "mlp.c_proj.");

    private final String llama;
    private final String gpt2;

    Output(String llama, String gpt2) {
      this.llama = llama;
      this.gpt2 = gpt2;
    }

    boolean matches(String name) {
      return name.contains(llama) || name.contains(gpt2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aModelOfOneBlockIsOneWhoseOtherBlockSaysNothing(TinyModel kind) {
    Transformer shallow = kind.random(7);
    shallow.useBlocks(1);
    double loss = pass(shallow, true);
    Transformer silent = kind.random(7);
    silence(silent, 1);
    assertEquals(pass(silent, true), loss, 1e-6);
    Map<String, float[]> expected = gradients(silent);
    gradients(shallow)
        .forEach(
            (name, gradient) -> {
              float[] wanted = inBlock(name, 1) ? new float[gradient.length] : expected.get(name);
              assertArrayEquals(wanted, gradient, 1e-6f, name);
            });
  }

  @ParameterizedTest
  @EnumSource
  void allBlocksAgainAreTheWholeModelToTheBit(TinyModel kind) {
    Transformer model = kind.random(7);
    double loss = pass(model, true);
    Map<String, float[]> expected = gradients(model);
    model.useBlocks(1);
    assertTrue(pass(model, true) != loss);
    model.useBlocks(2);
    assertEquals(loss, pass(model, true));
    gradients(model).forEach((name, g) -> assertArrayEquals(expected.get(name), g, name));
    assertThrows(IllegalArgumentException.class, () -> model.useBlocks(0));
    assertThrows(IllegalArgumentException.class, () -> model.useBlocks(3));
  }

  @ParameterizedTest
  @EnumSource
  void aStackedBlockHasTheParametersOfTheOneBelowUnderItsOwnNames(TinyModel kind) {
    Transformer model = kind.random(7);
    Map<String, String> sources = model.stacked(1, 2);
    List<String> above =
        model.parameters().stream().map(Parameter::name).filter(n -> inBlock(n, 1)).toList();
    assertEquals(Set.copyOf(above), sources.keySet());
    sources.forEach(
        (to, from) -> {
          assertTrue(inBlock(from, 0), from);
          assertEquals(to.replaceFirst("\\.1\\.", ".0."), from);
        });
    assertEquals(Map.of(), model.stacked(2, 2));
  }

  @ParameterizedTest
  @EnumSource
  void withoutItsOutputsABlockHasNoSay(TinyModel kind) {
    Transformer model = kind.random(7);
    Set<String> outputs = model.outputs(1);
    List<Parameter> silent =
        model.parameters().stream().filter(p -> outputs.contains(p.name())).toList();
    assertEquals(outputs.size(), silent.size());
    silent.forEach(p -> p.value().clear());
    model.weightsChanged();
    double loss = pass(model, true);
    model.useBlocks(1);
    assertEquals(loss, pass(model, true), 1e-6);
    assertEquals(Set.of(), model.outputs(2));
  }

  @ParameterizedTest
  @EnumSource
  void withoutEmbeddingsEverythingElseHasItsGradient(TinyModel kind) {
    Transformer model = kind.random(7);
    double loss = pass(model, true);
    Map<String, float[]> expected = gradients(model);
    assertEquals(loss, pass(model, false));
    List<String> names = model.embeddingNames();
    assertTrue(names.size() >= 1, names.toString());
    gradients(model)
        .forEach(
            (name, g) ->
                assertArrayEquals(
                    names.contains(name) ? new float[g.length] : expected.get(name), g, name));
    Tensor table = model.parameters().get(0).gradient();
    assertEquals(0, table.get(0));
  }
}
