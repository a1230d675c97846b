package io.tritter.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tritter.nn.DenseLinear;
import io.tritter.nn.Embedding;
import io.tritter.nn.EncodedLinear;
import io.tritter.nn.EncodedMatrix;
import io.tritter.nn.HalfMatrix;
import io.tritter.nn.Linear;
import io.tritter.nn.Parameter;
import io.tritter.quant.FourBitCode;
import io.tritter.quant.FourBitMatrix;
import io.tritter.quant.Int8Matrix;
import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.Locale;

/**
 * What the matrices of a checkpoint are to become.
 *
 * @param blockSize weights that share a scale, of 4 bits
 * @param doubleQuantized whether those scales take 8 bits each
 */
public record Quantization(Target target, int blockSize, boolean doubleQuantized) {

  /** The forms that Hugging Face transformers loads. */
  public enum Target {
    /** Trits in 2 bits and a scale a matrix, with activations of 8 bits. */
    BITNET,
    /** 4 bits a weight and a scale a block, by bitsandbytes. */
    NF4,
    /** As {@link #NF4}, with the numbers of a small float. */
    FP4,
    /** A byte a weight and a scale a row, by bitsandbytes. */
    INT8
  }

  public Quantization {
    if (blockSize < 32 || blockSize > 4096 || Integer.bitCount(blockSize) != 1) {
      throw Check.expected("block_size", "a power of two, 32 to 4096", blockSize);
    }
  }

  /** With what bitsandbytes takes where nothing is said. */
  public static Quantization to(Target target) {
    return new Quantization(target, FourBitMatrix.BLOCK_SIZE, false);
  }

  /** See {@link Transformer#quantized}. */
  Transformer apply(Transformer model, boolean tables) {
    TransformerConfig config = model.config();
    if (config.architecture() != TransformerConfig.Architecture.LLAMA) {
      throw Check.expected("model", "a Llama", config.architecture());
    }
    InputEmbedding embedding = model.embedding();
    Linear head = model.head();
    if (tables) {
      embedding = new InputEmbedding(encoded(embedding.tokens()), embedding.positions());
      head = config.tiedEmbeddings() ? embedding.tokens().toLinear() : encoded(head);
    }
    return model.map(this::encoded, embedding, head);
  }

  private Embedding encoded(Embedding table) {
    EncodedMatrix before = table.encoded();
    if (before == null) {
      return new Embedding(encode(table.parameters().getFirst().value()));
    }
    return before instanceof HalfMatrix h ? new Embedding(encode(h.decode())) : table;
  }

  /** Matrices that are packed already stay as they are. */
  private Linear encoded(Linear linear) {
    if (linear instanceof DenseLinear d) {
      Parameter bias = d.bias();
      return new EncodedLinear(encode(d.weight().value()), bias == null ? null : bias.value());
    }
    if (linear instanceof EncodedLinear e && e.weight() instanceof HalfMatrix h) {
      return new EncodedLinear(encode(h.decode()), e.bias());
    }
    return linear;
  }

  private EncodedMatrix encode(Tensor weight) {
    return switch (target) {
      case NF4 -> FourBitMatrix.quantize(weight, FourBitCode.NF4, blockSize, doubleQuantized);
      case FP4 -> FourBitMatrix.quantize(weight, FourBitCode.FP4, blockSize, doubleQuantized);
      case INT8 -> Int8Matrix.quantize(weight);
      case BITNET -> throw Check.expected("target", "nf4, fp4 or int8", target);
    };
  }

  /** The {@code quantization_config} of config.json. */
  void write(ObjectNode json) {
    if (target == Target.BITNET) {
      json.put("quant_method", "bitnet");
      json.put("linear_class", "autobitlinear");
      json.put("quantization_mode", "offline");
      return;
    }
    boolean int8 = target == Target.INT8;
    json.put("quant_method", "bitsandbytes");
    json.put("load_in_8bit", int8);
    json.put("load_in_4bit", !int8);
    if (int8) {
      json.put("llm_int8_threshold", 6.0);
    } else {
      json.put("bnb_4bit_quant_type", target.name().toLowerCase(Locale.ROOT));
      json.put("bnb_4bit_use_double_quant", doubleQuantized);
      json.put("bnb_4bit_compute_dtype", "float32");
      json.put("bnb_4bit_quant_storage", "uint8");
    }
  }
}
