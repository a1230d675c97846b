package io.tritter.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A call of every operation of {@link Kernels}, on sizes off the lane grid that make several tasks.
 */
final class KernelCalls {
  private static final int ROWS = 300;
  private static final int DIM = 207;
  private static final int HIDDEN = 70;
  private static final int WORDS = 1_021;

  private final Kernels kernels;
  private final SplittableRandom random = new SplittableRandom(7);
  private final Map<String, Runnable> calls = new LinkedHashMap<>();

  KernelCalls(Kernels kernels) {
    this.kernels = kernels;
    dense();
    encoded();
    rows();
    sequence();
    recurrent();
    losses();
    ternary();
    trits();
  }

  Map<String, Runnable> calls() {
    return calls;
  }

  private void dense() {
    MemorySegment a = floats(ROWS * DIM);
    MemorySegment b = floats(DIM * DIM);
    MemorySegment c = floats(ROWS * DIM);
    calls.put("matmul", () -> kernels.matmul(a, false, b, true, c, ROWS, DIM, DIM, false));
    calls.put(
        "matmulBatched",
        () ->
            kernels.matmulBatched(
                a, false, 75L * DIM, b, true, 0, c, 75L * DIM, 4, 75, DIM, DIM, false));
    calls.put("axpby", () -> kernels.axpby(0.5f, a, 0.5f, c, (long) ROWS * DIM));
    calls.put("dot", () -> kernels.dot(a, c, (long) ROWS * DIM));
    MemorySegment scales = floats(ROWS);
    calls.put("scaleRows", () -> kernels.scaleRows(a, scales, 1f, ROWS, DIM));
    MemorySegment ids = ids(ROWS, 50);
    calls.put("addRows", () -> kernels.addRows(a, ids, c, ROWS, 50, DIM));
    calls.put("softmax", () -> kernels.softmax(a, c, ROWS, DIM));
  }

  private void encoded() {
    MemorySegment a = floats(ROWS * DIM);
    MemorySegment c = floats(ROWS * DIM);
    MemorySegment w = floats(DIM * DIM);
    MemorySegment codes = zeros(DIM * DIM);
    MemorySegment scales = zeros(4 * DIM * DIM / 64 + 4);
    MemorySegment codebook = floats(16);
    long n = (long) DIM * DIM;
    calls.put("encodeFourBit", () -> kernels.encodeFourBit(w, codebook, codes, scales, n, 64));
    calls.put("encodeInt8", () -> kernels.encodeInt8(w, codes, scales, DIM, DIM));
    MemorySegment halves = zeros(2 * n);
    Map<String, Encoded> all =
        Map.of(
            "bfloat16", new Encoded.OfBfloat16(halves),
            "float16", new Encoded.OfFloat16(halves),
            "four bits", new Encoded.OfFourBit(codes, scales, codebook, 64),
            "int8", new Encoded.OfInt8(codes, scales, DIM));
    all.forEach(
        (name, b) -> {
          calls.put("decode " + name, () -> kernels.decode(b, 0, w, n));
          for (int rows : new int[] {1, 100, ROWS}) {
            calls.put(
                "matmulEncoded %s of %d".formatted(name, rows),
                () -> kernels.matmulEncoded(a, false, b, true, c, rows, DIM, DIM, false));
          }
        });
  }

  private void rows() {
    MemorySegment x = floats(ROWS * DIM);
    MemorySegment w = floats(DIM);
    MemorySegment bias = floats(DIM);
    MemorySegment y = floats(ROWS * DIM);
    MemorySegment dx = floats(ROWS * DIM);
    MemorySegment dup = floats(ROWS * DIM);
    long n = (long) ROWS * DIM;
    calls.put("rmsNorm", () -> kernels.rmsNorm(x, w, y, ROWS, DIM, 1e-5f));
    calls.put(
        "rmsNormBackward", () -> kernels.rmsNormBackward(x, w, y, dx, bias, ROWS, DIM, 1e-5f));
    calls.put("layerNorm", () -> kernels.layerNorm(x, w, bias, y, ROWS, DIM, 1e-5f));
    calls.put(
        "layerNormBackward",
        () -> kernels.layerNormBackward(x, w, y, dx, bias, bias, ROWS, DIM, 1e-5f));
    for (Activation f : Activation.values()) {
      calls.put("gated " + f, () -> kernels.gated(f, x, y, dx, n));
      calls.put("gatedBackward " + f, () -> kernels.gatedBackward(f, x, y, y, dx, dup, n));
      calls.put("activate " + f, () -> kernels.activate(f, x, bias, dx, ROWS, DIM));
      calls.put(
          "activateBackward " + f,
          () -> kernels.activateBackward(f, x, bias, y, dx, bias, ROWS, DIM));
    }
  }

  private void sequence() {
    int headDim = 38;
    MemorySegment x = floats(2 * ROWS * headDim * 3);
    MemorySegment y = floats(2 * ROWS * headDim * 3);
    MemorySegment dx = floats(2 * ROWS * headDim * 3);
    MemorySegment w = floats(headDim);
    for (boolean interleaved : new boolean[] {false, true}) {
      calls.put(
          "rope " + interleaved,
          () -> kernels.rope(x, y, 2, ROWS, 3, headDim, 5, 1e4f, interleaved, false));
      calls.put(
          "rmsNormRope " + interleaved,
          () -> kernels.rmsNormRope(x, w, y, 2, ROWS, 3, headDim, 5, 1e4f, interleaved, 1e-5f));
      calls.put(
          "rmsNormRopeBackward " + interleaved,
          () ->
              kernels.rmsNormRopeBackward(
                  x, w, y, dx, w, 2, ROWS, 3, headDim, 5, 1e4f, interleaved, 1e-5f));
    }
    attention("attention", new AttentionShape(2, 6, 2, 130, 130, 38, true, 0.2f, true));
    attention("attention one head", new AttentionShape(1, 1, 1, 257, 257, 64, false, 0.2f, false));
    AttentionShape decode = new AttentionShape(1, 6, 2, 1, 1_300, 38, true, 0.2f, true);
    MemorySegment q = floats(decode.queryElements());
    MemorySegment k = floats(decode.keyElements());
    MemorySegment v = floats(decode.keyElements());
    MemorySegment out = floats(decode.queryElements());
    MemorySegment lse = floats(6);
    calls.put("attention of one query", () -> kernels.attention(q, k, v, out, lse, decode));
  }

  private void attention(String name, AttentionShape shape) {
    MemorySegment q = floats(shape.queryElements());
    MemorySegment k = floats(shape.keyElements());
    MemorySegment v = floats(shape.keyElements());
    MemorySegment out = floats(shape.queryElements());
    MemorySegment lse = floats(shape.batch() * shape.heads() * shape.queries());
    MemorySegment dq = floats(shape.queryElements());
    MemorySegment dk = floats(shape.keyElements());
    MemorySegment dv = floats(shape.keyElements());
    calls.put(name, () -> kernels.attention(q, k, v, out, lse, shape));
    calls.put(
        name + " backward",
        () -> kernels.attentionBackward(q, k, v, out, lse, q, dq, dk, dv, shape));
  }

  private void recurrent() {
    int batch = 5;
    int steps = 9;
    int inputs = 21;
    int width = 3 * HIDDEN;
    MemorySegment x = floats(batch * steps * inputs);
    MemorySegment h0 = floats(batch * HIDDEN);
    MemorySegment wIh = floats(width * inputs);
    MemorySegment wHh = floats(width * HIDDEN);
    MemorySegment b = floats(width);
    MemorySegment out = floats(batch * steps * HIDDEN);
    MemorySegment gates = floats(4 * batch * steps * HIDDEN);
    MemorySegment dx = floats(batch * steps * inputs);
    MemorySegment dh0 = floats(batch * HIDDEN);
    MemorySegment dwIh = floats(width * inputs);
    MemorySegment dwHh = floats(width * HIDDEN);
    MemorySegment db = floats(width);
    calls.put(
        "gru", () -> kernels.gru(x, h0, wIh, wHh, b, b, out, gates, batch, steps, inputs, HIDDEN));
    calls.put(
        "gru, gruBackward",
        () -> {
          kernels.gru(x, h0, wIh, wHh, b, b, out, gates, batch, steps, inputs, HIDDEN);
          kernels.gruBackward(
              x, h0, wIh, wHh, out, gates, out, dx, dh0, dwIh, dwHh, db, db, batch, steps, inputs,
              HIDDEN);
        });
  }

  private void losses() {
    int classes = 301;
    MemorySegment logits = floats(ROWS * classes);
    MemorySegment dlogits = floats(ROWS * classes);
    MemorySegment targets = ids(ROWS, classes);
    MemorySegment hidden = floats(ROWS * DIM);
    MemorySegment weight = floats(classes * DIM);
    MemorySegment dhidden = floats(ROWS * DIM);
    MemorySegment dweight = floats(classes * DIM);
    calls.put(
        "crossEntropy", () -> kernels.crossEntropy(logits, targets, dlogits, ROWS, classes, -100));
    calls.put(
        "crossEntropy loss",
        () -> kernels.crossEntropy(logits, targets, MemorySegment.NULL, ROWS, classes, -100));
    calls.put(
        "linearCrossEntropy",
        () ->
            kernels.linearCrossEntropy(
                hidden, weight, targets, dhidden, dweight, ROWS, DIM, classes, -100));
    long n = (long) ROWS * DIM;
    MemorySegment m = zeros(4 * n);
    MemorySegment v = zeros(4 * n);
    AdamWStep step = new AdamWStep(1e-3f, 0.9f, 0.95f, 1e-8f, 0.1f, 3);
    calls.put("adamW", () -> kernels.adamW(hidden, dhidden, m, v, n, step, 1f));
    AdamWStep masked = step.masked();
    calls.put("adamW masked", () -> kernels.adamW(hidden, dhidden, m, v, n, masked, 1f));
  }

  private void ternary() {
    MemorySegment x = floats(ROWS * DIM);
    MemorySegment q = zeros(ROWS * DIM);
    MemorySegment scales = floats(ROWS);
    MemorySegment out = floats(ROWS * DIM);
    calls.put("quantizeAbsmax", () -> kernels.quantizeAbsmax(x, q, scales, ROWS, DIM, 8));
    calls.put("dequantizeRows", () -> kernels.dequantizeRows(q, scales, out, ROWS, DIM));
    MemorySegment one = floats(1);
    MemorySegment trits = floats(ROWS * DIM);
    MemorySegment grouped = floats(ROWS * 4);
    calls.put("absmean", () -> kernels.absmean(x, one, 1, ROWS * DIM, ROWS * DIM));
    calls.put("absmean of groups", () -> kernels.absmean(x, grouped, ROWS, DIM, 64));
    calls.put("ternarize", () -> kernels.ternarize(x, one, trits, 1, ROWS * DIM, ROWS * DIM));
    kernels.absmean(x, one, 1, ROWS * DIM, ROWS * DIM);
    kernels.ternarize(x, one, trits, 1, ROWS * DIM, ROWS * DIM);
    MemorySegment packed = zeros(ROWS * ((DIM + 3) / 4));
    MemorySegment layout = zeros(kernels.ternaryLayoutBytes(ROWS, DIM));
    calls.put("packTrits", () -> kernels.packTrits(trits, packed, ROWS, DIM));
    kernels.packTrits(trits, packed, ROWS, DIM);
    long[] plus = new long[ROWS * DIM / 64 + 1];
    long[] minus = new long[ROWS * DIM / 64 + 1];
    calls.put("thresholdTrits", () -> kernels.thresholdTrits(x, ROWS * DIM, 0.5f, plus, minus));
    calls.put("addFlipped", () -> kernels.addFlipped(x, plus, out, ROWS * DIM));
    calls.put("ternaryLayout", () -> kernels.ternaryLayout(packed, layout, ROWS, DIM));
    for (int batch : new int[] {1, 37}) {
      MemorySegment y = zeros(4L * batch * ROWS);
      calls.put(
          "ternaryMatmul of " + batch, () -> kernels.ternaryMatmul(q, layout, y, batch, ROWS, DIM));
      calls.put(
          "ternaryMatmulGrouped of " + batch,
          () -> kernels.ternaryMatmulGrouped(q, layout, grouped, y, batch, ROWS, DIM, 64));
      for (TernaryLevel level : TernaryLevel.values()) {
        TernaryWeights weights = kernels.ternaryWeights(packed, ROWS, DIM, level, Arena.ofAuto());
        calls.put(level + " of " + batch, () -> weights.multiplyGrouped(q, grouped, y, batch, 64));
      }
    }
  }

  private void trits() {
    long[] ap = new long[WORDS];
    long[] am = new long[WORDS];
    long[] bp = new long[WORDS];
    long[] bm = new long[WORDS];
    long[] op = new long[WORDS];
    long[] om = new long[WORDS];
    calls.put("tritRandom", () -> kernels.tritRandom(1, ap, am));
    kernels.tritRandom(1, ap, am);
    kernels.tritRandom(2, bp, bm);
    calls.put("tritDot", () -> kernels.tritDot(ap, am, bp, bm));
    calls.put("tritAdd", () -> kernels.tritAdd(ap, am, bp, bm, op, om));
    calls.put("tritMultiply", () -> kernels.tritMultiply(ap, am, bp, bm, op, om));
    calls.put("tritDifferences", () -> kernels.tritDifferences(ap, am, bp, bm));
    calls.put("tritRotate", () -> kernels.tritRotate(ap, 77, WORDS * 64, op));
    int[] products = new int[50 * 50];
    calls.put("tritMatmul", () -> kernels.tritMatmul(ap, am, bp, bm, products, 50, 50, 20));
    long[][] plus = {ap, bp, ap, bp, ap};
    long[][] minus = {am, bm, bm, am, am};
    calls.put(
        "tritVote",
        () -> kernels.tritVote(plus, minus, new long[] {1, 2, 3, 1, 1}, new int[5], op, om));
  }

  private MemorySegment floats(int n) {
    return floats((long) n);
  }

  private MemorySegment floats(long n) {
    MemorySegment s = zeros(4 * n);
    for (long i = 0; i < n; i++) {
      s.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat(0.01f, 1f));
    }
    return s;
  }

  private MemorySegment ids(int n, int bound) {
    MemorySegment s = zeros(4L * n);
    for (int i = 0; i < n; i++) {
      s.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(bound));
    }
    return s;
  }

  private static MemorySegment zeros(int bytes) {
    return zeros((long) bytes);
  }

  private static MemorySegment zeros(long bytes) {
    return Arena.ofAuto().allocate(bytes, 64);
  }
}
