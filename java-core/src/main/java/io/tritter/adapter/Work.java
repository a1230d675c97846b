package io.tritter.adapter;

import io.tritter.tensor.Scratch;

/** Working memory that all adapters share, by what it is for. */
final class Work {
  static final Scratch INPUT = new Scratch();
  static final Scratch INPUT_GRADIENT = new Scratch();
  static final Scratch PRODUCT = new Scratch();
  static final Scratch OUTPUT_GRADIENT = new Scratch();
  static final Scratch RANK = new Scratch();
  static final Scratch RANK_GRADIENT = new Scratch();
  static final Scratch ROWS = new Scratch();
  static final Scratch ROWS_GRADIENT = new Scratch();
  static final Scratch DROPPED = new Scratch();
  static final Scratch DROPPED_GRADIENT = new Scratch();

  private Work() {}
}
