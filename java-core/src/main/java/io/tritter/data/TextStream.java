package io.tritter.data;

import java.util.Arrays;
import java.util.List;

/**
 * The text of ids that come one by one, in pieces that may be shown at once: whole characters, and
 * nothing that could be the beginning of a stop string.
 */
public final class TextStream {
  private static final char REPLACEMENT = '\uFFFD';

  /** Ids behind which the text is decoded again; enough for any character and any merge. */
  private static final int CONTEXT = 8;

  private final Tokenizer tokenizer;
  private final List<String> stops;
  private int[] ids = {};

  /** Text of {@link #ids} that was decoded with certainty already. */
  private String decoded = "";

  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  /**
   * A stream of nothing so far.
   *
   * @param stops texts that end the stream, and are not part of it
   */
  public TextStream(Tokenizer tokenizer, List<String> stops) {
    this.tokenizer = tokenizer;
    this.stops = stops.stream().filter(s -> !s.isEmpty()).toList();
  }

  /** What can be shown now that the next id is there; empty once {@link #stopped}. */
  public String push(int id) {
    if (stopped) {
      return "";
    }
    if (tokenizer.endIds().contains(id)) {
      String last = end();
      stopped = true;
      return last;
    }
    ids = Arrays.copyOf(ids, ids.length + 1);
    ids[ids.length - 1] = id;
    String text = tokenizer.decode(ids);
    if (text.length() > decoded.length() && text.charAt(text.length() - 1) != REPLACEMENT) {
      held.append(text, decoded.length(), text.length());
      decoded = text;
      forget();
    }
    return release(false);
  }

  /** What is left at the end: an incomplete character, the beginning of a stop string. */
  public String end() {
    if (!stopped && ids.length > 0) {
      String text = tokenizer.decode(ids);
      held.append(text.substring(Math.min(text.length(), decoded.length())));
      ids = new int[0];
      decoded = "";
    }
    return release(true);
  }

  /** Whether a stop string or an end id has been met. */
  public boolean stopped() {
    return stopped;
  }

  /** Keeps the last ids only, so that a long text does not take longer and longer. */
  private void forget() {
    if (ids.length > 2 * CONTEXT) {
      ids = Arrays.copyOfRange(ids, ids.length - CONTEXT, ids.length);
      decoded = tokenizer.decode(ids);
    }
  }

  private String release(boolean all) {
    int end = held.length();
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && at < end) {
        end = at;
        stopped = true;
      }
    }
    if (!stopped && !all) {
      end = held.length() - longestBeginning();
    }
    String text = held.substring(0, end);
    held.delete(0, stopped ? held.length() : end);
    return text;
  }

  /** The longest end of the held text with which a stop string begins. */
  private int longestBeginning() {
    int longest = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
        if (stop.startsWith(held.substring(held.length() - n))) {
          longest = n;
        }
      }
    }
    return longest;
  }
}
