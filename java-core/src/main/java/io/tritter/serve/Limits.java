package io.tritter.serve;

import io.tritter.tensor.Check;

/**
 * What a {@link Server} takes on.
 *
 * @param waiting requests that wait while another one is answered; one more is refused
 * @param bodyBytes of a request at most
 * @param newTokens of an answer at most
 * @param seconds that an answer takes at most; it ends with what there is then
 */
public record Limits(int waiting, int bodyBytes, int newTokens, int seconds) {
  public static final Limits DEFAULT = new Limits(16, 1 << 20, 4096, 300);

  public Limits {
    Check.atLeast("waiting", waiting, 0);
    Check.atLeast("bodyBytes", bodyBytes, 1);
    Check.atLeast("newTokens", newTokens, 1);
    Check.atLeast("seconds", seconds, 1);
  }
}
