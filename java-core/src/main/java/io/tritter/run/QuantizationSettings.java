package io.tritter.run;

import io.tritter.format.FormatException;
import io.tritter.model.Quantization;
import io.tritter.quant.FourBitMatrix;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The {@code quantization} section: what becomes of the model below an adapter.
 *
 * @param matrices what its matrices become as they are read
 * @param embeddings whether embeddings and output matrix are among them
 */
public record QuantizationSettings(Quantization matrices, boolean embeddings) {

  /** Reads the section; null for none. */
  static @Nullable QuantizationSettings read(YamlMapping section) throws FormatException {
    if (section.isEmpty()) {
      return null;
    }
    Quantization.Target kind = section.constant("kind", Quantization.Target.NF4);
    int blockSize = section.integer("block_size", FourBitMatrix.BLOCK_SIZE);
    boolean doubled = section.flag("double_quant", false);
    boolean embeddings = section.flag("embeddings", false);
    if (kind == Quantization.Target.BITNET) {
      throw section.refused(
          "kind", "quantization.kind: expected nf4, fp4 or int8 below an adapter, got bitnet");
    }
    return section.end(
        () -> new QuantizationSettings(new Quantization(kind, blockSize, doubled), embeddings));
  }

  @Override
  public String toString() {
    boolean int8 = matrices.target() == Quantization.Target.INT8;
    return matrices.target().name().toLowerCase(Locale.ROOT)
        + (int8 ? "" : " in blocks of " + matrices.blockSize())
        + (matrices.doubleQuantized() ? ", scales in 8 bits" : "")
        + (embeddings ? ", embeddings too" : "");
  }
}
