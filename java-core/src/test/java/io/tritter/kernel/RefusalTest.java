package io.tritter.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every argument of every kernel on floats: heap memory and memory that is too small are refused.
 */
class RefusalTest {
  private static final int ROWS = 3;
  private static final int DIM = 10;
  private static final int BYTES = ROWS * DIM * Float.BYTES;

  /** A call with its memory arguments in the order of their names. */
  interface Call {
    void run(Kernels kernels, MemorySegment[] m);
  }

  /** Each call, under the names of its memory arguments. */
  private static Map<String, Call> calls() {
    int n = ROWS * DIM;
    AttentionShape shape = new AttentionShape(1, 1, 1, ROWS, ROWS, DIM, true, 1, true);
    AdamWStep step = new AdamWStep(1, 0.9f, 0.99f, 1e-8f, 0, 1);
    Map<String, Call> calls = new LinkedHashMap<>();
    calls.put(
        "matmul a b c", (k, m) -> k.matmul(m[0], false, m[1], true, m[2], ROWS, ROWS, DIM, false));
    calls.put(
        "matmulBatched a b c",
        (k, m) ->
            k.matmulBatched(
                m[0], true, 6, m[1], false, 9, m[2], 4, 3, 2, 2, 3, /* accumulate= */ true));
    calls.put("axpby x y", (k, m) -> k.axpby(1, m[0], 1, m[1], n));
    calls.put("scaleRows x scales", (k, m) -> k.scaleRows(m[0], m[1], 1, ROWS, DIM));
    calls.put("dot x y", (k, m) -> k.dot(m[0], m[1], n));
    calls.put("rmsNorm x weight out", (k, m) -> k.rmsNorm(m[0], m[1], m[2], ROWS, DIM, 0));
    calls.put(
        "rmsNormBackward x weight dout dx dweight",
        (k, m) -> k.rmsNormBackward(m[0], m[1], m[2], m[3], m[4], ROWS, DIM, 0));
    calls.put(
        "layerNorm x weight bias out", (k, m) -> k.layerNorm(m[0], m[1], m[2], m[3], ROWS, DIM, 0));
    calls.put(
        "layerNormBackward x weight dout dx dweight dbias",
        (k, m) -> k.layerNormBackward(m[0], m[1], m[2], m[3], m[4], m[5], ROWS, DIM, 0));
    calls.put(
        "rmsNormRope x weight out",
        (k, m) -> k.rmsNormRope(m[0], m[1], m[2], 1, ROWS, 1, DIM, 0, 10, false, 0));
    calls.put(
        "rmsNormRopeBackward x weight dout dx dweight",
        (k, m) ->
            k.rmsNormRopeBackward(m[0], m[1], m[2], m[3], m[4], 1, ROWS, 1, DIM, 0, 10, true, 0));
    calls.put("rope x out", (k, m) -> k.rope(m[0], m[1], 1, ROWS, 1, DIM, 0, 10, false, false));
    Activation f = Activation.SILU;
    calls.put("gated gate up out", (k, m) -> k.gated(f, m[0], m[1], m[2], n));
    calls.put(
        "gatedBackward gate up dout dgate dup",
        (k, m) -> k.gatedBackward(f, m[0], m[1], m[2], m[3], m[4], n));
    calls.put("activate x bias out", (k, m) -> k.activate(f, m[0], m[1], m[2], ROWS, DIM));
    calls.put(
        "activateBackward x bias dout dx dbias",
        (k, m) -> k.activateBackward(f, m[0], m[1], m[2], m[3], m[4], ROWS, DIM));
    calls.put("softmax x out", (k, m) -> k.softmax(m[0], m[1], ROWS, DIM));
    calls.put(
        "crossEntropy logits targets dlogits",
        (k, m) -> k.crossEntropy(m[0], m[1], m[2], ROWS, DIM, -1));
    calls.put(
        "linearCrossEntropy hidden weight targets dhidden dweight",
        (k, m) -> k.linearCrossEntropy(m[0], m[1], m[2], m[3], m[4], ROWS, DIM, ROWS, -1));
    calls.put(
        "gru x h0 wIh wHh bIh bHh out gates",
        (k, m) -> k.gru(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], 1, 2, 2, 3));
    calls.put(
        "gruBackward x h0 wIh wHh out gates dout dx dh0 dwIh dwHh dbIh dbHh",
        (k, m) ->
            k.gruBackward(
                m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9], m[10], m[11], m[12], 1,
                2, 2, 3));
    calls.put(
        "attention q k v out logSumExp",
        (k, m) -> k.attention(m[0], m[1], m[2], m[3], m[4], shape));
    calls.put(
        "attentionBackward q k v out logSumExp dout dq dk dv",
        (k, m) -> k.attentionBackward(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], shape));
    calls.put(
        "adamW parameter gradient firstMoment secondMoment",
        (k, m) -> k.adamW(m[0], m[1], m[2], m[3], n, step, 1));
    calls.put(
        "quantizeAbsmax x q inverseScales",
        (k, m) -> k.quantizeAbsmax(m[0], m[1], m[2], ROWS, DIM, 8));
    calls.put(
        "dequantizeRows q inverseScales out",
        (k, m) -> k.dequantizeRows(m[0], m[1], m[2], ROWS, DIM));
    calls.put(
        "matmulEncoded a c",
        (k, m) ->
            k.matmulEncoded(
                m[0], false, encoded(), true, m[1], ROWS, ROWS, DIM, /* accumulate= */ false));
    calls.put("decode out", (k, m) -> k.decode(encoded(), 0, m[0], n));
    calls.put("encodeInt8 x codes absmax", (k, m) -> k.encodeInt8(m[0], m[1], m[2], ROWS, DIM));
    calls.put("addFlipped x y", (k, m) -> k.addFlipped(m[0], new long[1], m[1], n));
    calls.put("thresholdTrits x", (k, m) -> k.thresholdTrits(m[0], n, 1, new long[1], new long[1]));
    calls.put("packTrits trits packed", (k, m) -> k.packTrits(m[0], m[1], ROWS, DIM));
    calls.put("absmean w scales", (k, m) -> k.absmean(m[0], m[1], ROWS, DIM, 4));
    calls.put("ternarize w scales trits", (k, m) -> k.ternarize(m[0], m[1], m[2], ROWS, DIM, 4));
    return calls;
  }

  private static Encoded encoded() {
    return new Encoded.OfBfloat16(Arena.ofAuto().allocate(BYTES));
  }

  private static Stream<Arguments> arguments() {
    List<Arguments> cases = new ArrayList<>();
    for (Kernels kernels : Kernels.available()) {
      calls()
          .forEach(
              (text, call) -> {
                String[] names = text.split(" ", -1);
                for (int i = 1; i < names.length; i++) {
                  String title = kernels.name() + " " + names[0] + ", " + names[i];
                  cases.add(
                      Arguments.argumentSet(
                          title, kernels, call, names.length - 1, i - 1, names[i]));
                }
              });
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void heapMemoryIsRefused(Kernels kernels, Call call, int count, int bad, String name) {
    MemorySegment[] memory = memory(count);
    memory[bad] = MemorySegment.ofArray(new float[ROWS * DIM]);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> call.run(kernels, memory));
    assertEquals(name + ": expected native memory, got a heap segment", e.getMessage());
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void memoryThatIsTooSmallIsRefused(Kernels kernels, Call call, int count, int bad, String name) {
    MemorySegment[] memory = memory(count);
    memory[bad] = memory[bad].asSlice(0, 8);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> call.run(kernels, memory));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.matches(name + ": expected at least \\d+ bytes, got 8"), message);
    for (MemorySegment segment : memory) {
      assertEquals(-1, segment.mismatch(memory(1)[0].asSlice(0, segment.byteSize())), "written");
    }
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void theSameCallWithGoodMemoryRuns(Kernels kernels, Call call, int count, int bad, String name) {
    call.run(kernels, memory(count));
  }

  /** All bits set: NaN, and as a target the ignored index. */
  private static MemorySegment[] memory(int count) {
    MemorySegment[] memory = new MemorySegment[count];
    for (int i = 0; i < count; i++) {
      memory[i] = Arena.ofAuto().allocate(BYTES, 64).fill((byte) 0xff);
    }
    return memory;
  }
}
