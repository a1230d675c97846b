package io.tritter.model;

import io.tritter.tensor.Check;
import io.tritter.tensor.Tensor;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Continues one sequence id by id, with the keys and values of what came before cached.
 *
 * <p>When the context is full, the later half of it is read again as a new context, so a text may
 * become longer than the context.
 */
public final class Generator {
  private final Transformer model;
  private final Sampling sampling;
  private final RandomGenerator random;
  private KeyValueCache cache;

  /** The ids in the cache, in order. */
  private final int[] window;

  private int length;
  private Tensor logits;

  /**
   * Reads the prompt.
   *
   * @param prompt at least one id; only the last {@code context} ids are read
   */
  public Generator(Transformer model, int[] prompt, Sampling sampling, long seed) {
    Check.atLeast("prompt length", prompt.length, 1);
    this.model = model;
    this.sampling = sampling;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int context = model.maxSequence();
    int from = Math.max(0, prompt.length - context);
    this.window = Arrays.copyOf(Arrays.copyOfRange(prompt, from, prompt.length), context);
    this.cache = new KeyValueCache(model.config());
    this.length = prompt.length - from;
    this.logits = cache.feed(model, Arrays.copyOf(window, length));
  }

  /** The next id. */
  public int next() {
    int id = sampling.draw(logits, Arrays.copyOf(window, length), random);
    if (length == window.length) {
      int kept = window.length / 2;
      System.arraycopy(window, window.length - kept, window, 0, kept);
      cache = new KeyValueCache(model.config());
      window[kept] = id;
      length = kept + 1;
      logits = cache.feed(model, Arrays.copyOf(window, length));
    } else {
      window[length++] = id;
      logits = cache.feed(model, new int[] {id});
    }
    return id;
  }
}
