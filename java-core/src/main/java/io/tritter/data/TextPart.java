package io.tritter.data;

/**
 * A piece of what an example says.
 *
 * @param learned whether the loss counts it; what is not learned is read only
 * @param ends whether the document ends behind it: there the tokenizer's end id goes, if it has one
 */
public record TextPart(String text, boolean learned, boolean ends) {
  /** The end of a document. */
  public static final TextPart END = new TextPart("", true, true);

  /** A piece behind which the document goes on. */
  public TextPart(String text, boolean learned) {
    this(text, learned, false);
  }
}
