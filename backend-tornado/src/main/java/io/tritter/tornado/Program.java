package io.tritter.tornado;

import java.util.Locale;

/** The kernels. Each is compiled when it is first launched, once for all shapes. */
@SuppressWarnings("ImmutableEnumChecker") // a kernel is a reference to a static method
enum Program {
  SELF_TEST(SelfTest::onDevice, SelfTest.THREADS),
  ACTIVATION_PLANES(ActivationPlanes::onDevice, ActivationPlanes.THREADS),
  ADAM_W(AdamW::onDevice, AdamW.THREADS),
  ATTENTION(Attention::onDevice, Attention.THREADS),
  ATTENTION_DELTAS(AttentionBackward::onDevice, AttentionBackward.THREADS),
  ATTENTION_KEYS(AttentionKeys::onDevice, AttentionKeys.THREADS),
  ATTENTION_QUERIES(AttentionQueries::onDevice, AttentionQueries.THREADS),
  AXPBY(Axpby::onDevice, Axpby.THREADS),
  CORRECTIONS(Corrections::onDevice, Corrections.THREADS),
  CROSS_ENTROPY(CrossEntropy::onDevice, CrossEntropy.THREADS),
  GRU(Gru::onDevice, Gru.THREADS),
  MATMUL(Matmul::onDevice, Matmul.THREADS),
  QUANTIZE(Quantize::onDevice, Quantize.THREADS),
  RMS_NORM(RmsNorm::onDevice, RmsNorm.THREADS),
  RMS_NORM_BACKWARD(RmsNormBackward::onDevice, RmsNormBackward.THREADS),
  RMS_NORM_COLUMNS(RmsNormBackward::columnsOnDevice, RmsNormBackward.COLUMN_THREADS),
  RMS_NORM_ROPE(RmsNormRope::onDevice, RmsNormRope.THREADS),
  ROPE(Rope::onDevice, Rope.THREADS),
  SCALED_SUMS(ScaledSums::onDevice, ScaledSums.THREADS),
  SOFTMAX(Softmax::onDevice, Softmax.THREADS),
  SWI_GLU(SwiGlu::onDevice, SwiGlu.THREADS),
  SWI_GLU_BACKWARD(SwiGluBackward::onDevice, SwiGluBackward.THREADS),
  TERNARY_BASIC(TernaryBasic::onDevice, TernaryBasic.THREADS),
  TERNARY_GROUPS(TernaryBasic::groupsOnDevice, TernaryBasic.THREADS),
  TERNARY_SPARSE(TernarySparse::onDevice, TernarySparse.THREADS),
  TERNARY_TILED(TernaryTiled::onDevice, TernaryTiled.THREADS),
  TERNARY_VECTORIZED(TernaryVectorized::onDevice, TernaryVectorized.THREADS),
  TRANSPOSE(Transpose::onDevice, Transpose.THREADS),
  TRIT_COUNTS(TritCounts::onDevice, TritCounts.THREADS),
  TRIT_PRODUCT(TritPairs::productOnDevice, TritPairs.THREADS),
  TRIT_RANDOM(TritRandom::onDevice, TritRandom.THREADS),
  TRIT_SUM(TritPairs::sumOnDevice, TritPairs.THREADS),
  TRIT_VOTE(TritVote::onDevice, TritVote.THREADS),
  WEIGHT_PLANES(WeightPlanes::onDevice, WeightPlanes.THREADS);

  private final Kernel kernel;
  private final int threads;

  Program(Kernel kernel, int threads) {
    this.kernel = kernel;
    this.threads = threads;
  }

  Kernel kernel() {
    return kernel;
  }

  /** Threads of a work-group. */
  int threads() {
    return threads;
  }

  /** The name of its task graph. */
  String graph() {
    return "tritter_" + name().toLowerCase(Locale.ROOT);
  }
}
