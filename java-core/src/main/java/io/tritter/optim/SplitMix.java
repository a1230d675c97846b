package io.tritter.optim;

/**
 * Random bits that are a function of a seed, a name and a number, so that nothing is stored and no
 * order matters: SplitMix64 (Steele et al., 2014; constants of Stafford's variant 13).
 */
final class SplitMix {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private SplitMix() {}

  /** What {@link #at} takes for a seed and the name of a tensor. */
  static long key(long seed, String name) {
    long key = mix(seed);
    for (int i = 0; i < name.length(); i++) {
      key = mix(key + GOLDEN_GAMMA + name.charAt(i));
    }
    return key;
  }

  /** 64 random bits. */
  static long at(long key, long number) {
    return mix(key + number * GOLDEN_GAMMA);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
