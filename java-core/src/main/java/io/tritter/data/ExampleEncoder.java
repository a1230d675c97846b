package io.tritter.data;

import io.tritter.tensor.Check;
import java.util.Arrays;
import java.util.List;

/**
 * Texts to {@link Example}s. Parts that are read are encoded as one text, as a prompt is when the
 * model is used, and so are parts that are learned: ids never reach over from one to the other.
 */
final class ExampleEncoder {
  /** No id stands between documents. */
  static final int NO_END = -1;

  private final Tokenizer tokenizer;
  private final int endId;
  private int[] ids = new int[1 << 10];
  private int[] labels = new int[1 << 10];
  private int length;

  /**
   * An encoder.
   *
   * @param endId what stands at the end of a document, or {@link #NO_END}
   */
  ExampleEncoder(Tokenizer tokenizer, int endId) {
    if (endId < NO_END || endId >= tokenizer.vocabSize()) {
      throw Check.expected("end id", "-1 to " + (tokenizer.vocabSize() - 1), endId);
    }
    this.tokenizer = tokenizer;
    this.endId = endId;
  }

  /** The id that ends documents by default: the first that the tokenizer names. */
  static int endId(Tokenizer tokenizer) {
    return tokenizer.endIds().stream().findFirst().orElse(NO_END);
  }

  /**
   * The ids of a document.
   *
   * @param begins whether what the tokenizer puts before every text, such as a first id, belongs
   * @param ends whether a part that ends the document ends it
   */
  Example encode(List<TextPart> parts, boolean begins, boolean ends) {
    length = 0;
    boolean first = begins;
    StringBuilder run = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      TextPart part = parts.get(i);
      run.append(part.text());
      boolean goesOn =
          i + 1 < parts.size() && !part.ends() && parts.get(i + 1).learned() == part.learned();
      if (!goesOn && !run.isEmpty()) {
        encode(run.toString(), part.learned(), first);
        first = false;
        run.setLength(0);
      }
      if (part.ends() && ends && endId != NO_END) {
        append(new int[] {endId}, 1, part.learned());
      }
    }
    int[] all = Arrays.copyOf(ids, length);
    boolean same = Arrays.equals(ids, 0, length, labels, 0, length);
    return new Example(all, same ? all : Arrays.copyOf(labels, length));
  }

  private void encode(String text, boolean learned, boolean first) {
    int[] encoded = first ? tokenizer.encode(text) : tokenizer.encodePart(text);
    int count = encoded.length;
    // Where an end belongs is said by the parts, not by a tokenizer that ends every text.
    if (first && count > 0 && tokenizer.endIds().contains(encoded[count - 1])) {
      count--;
    }
    append(encoded, count, learned);
  }

  private void append(int[] added, int count, boolean learned) {
    if (count > ids.length - length) {
      int wanted = Math.max(Math.addExact(length, count), 2 * ids.length);
      ids = Arrays.copyOf(ids, wanted);
      labels = Arrays.copyOf(labels, wanted);
    }
    System.arraycopy(added, 0, ids, length, count);
    if (learned) {
      System.arraycopy(added, 0, labels, length, count);
    } else {
      Arrays.fill(labels, length, length + count, Batch.IGNORE);
    }
    length += count;
  }
}
