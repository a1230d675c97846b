/*
 * Template of the instruction sets that add four products of bytes to an int32.
 *
 * ISA, TARGET, LANES (int32 of a vector), VECTORS (of a block that are worked on at a time), TILE
 * (the most rows of x), DOT(s, w, x), TOP_SHIFT (6 where w is signed, so that the topmost field has
 * to come down, otherwise 0).
 */
typedef uint32_t NAMED(words) __attribute__((vector_size(4 * LANES)));
typedef int32_t NAMED(ints) __attribute__((vector_size(4 * LANES)));

INLINE TARGET NAMED(ints) NAMED(broadcast)(const int8_t *x) {
  int32_t four;
  memcpy(&four, x, sizeof four);
  return (NAMED(ints)){0} + four;
}

/* One row of x: fields are masked where they are, and their sums shifted in the end. */
INLINE TARGET void NAMED(sum_one)(
    const uint8_t *w, const int8_t *x, int64_t steps, int32_t *sums) {
  NAMED(ints) sum[4][VECTORS] = {{{0}}};
  for (int64_t s = 0; s < steps; s++, w += STEP_BYTES, x += STEP_COLS) {
    for (int line = 0; line < VECTORS * LANES * 4; line += 64) {
      __builtin_prefetch(w + PREFETCH + line);
    }
    NAMED(words) codes[VECTORS];
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) {
      memcpy(&codes[v], w + v * sizeof codes[v], sizeof codes[v]);
    }
#pragma GCC unroll 4
    for (int f = 0; f < 4; f++) {
      NAMED(ints) column = NAMED(broadcast)(x + 4 * f);
#pragma GCC unroll 4
      for (int v = 0; v < VECTORS; v++) {
        NAMED(words) field = f < 3 ? codes[v] & 0x03030303u << 2 * f
                                   : codes[v] >> TOP_SHIFT & 0xc0c0c0c0u >> TOP_SHIFT;
        sum[f][v] = (NAMED(ints))DOT(sum[f][v], field, column);
      }
    }
  }
#pragma GCC unroll 4
  for (int v = 0; v < VECTORS; v++) {
    NAMED(ints) all =
        sum[0][v] + (sum[1][v] >> 2) + (sum[2][v] >> 4) + (sum[3][v] >> (6 - TOP_SHIFT));
    memcpy(sums + v * LANES, &all, sizeof all);
  }
}

/* Several rows of x, of which a field that has been decoded meets each. */
INLINE TARGET void NAMED(sum_many)(
    const uint8_t *w, const int8_t *x, int64_t steps, const int count, int32_t *sums) {
  NAMED(ints) sum[TILE][VECTORS] = {{{0}}};
  for (int64_t s = 0; s < steps; s++, w += STEP_BYTES) {
    NAMED(words) codes[VECTORS];
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) {
      memcpy(&codes[v], w + v * sizeof codes[v], sizeof codes[v]);
    }
#pragma GCC unroll 4
    for (int f = 0; f < 4; f++) {
      NAMED(words) field[VECTORS];
#pragma GCC unroll 4
      for (int v = 0; v < VECTORS; v++) {
        field[v] = codes[v] >> 2 * f & 0x03030303u;
      }
#pragma GCC unroll 12
      for (int t = 0; t < count; t++, x += 4) {
        NAMED(ints) column = NAMED(broadcast)(x);
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) {
          sum[t][v] = (NAMED(ints))DOT(sum[t][v], field[v], column);
        }
      }
    }
  }
#pragma GCC unroll 12
  for (int t = 0; t < count; t++) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) {
      memcpy(sums + t * BLOCK_ROWS + v * LANES, &sum[t][v], sizeof sum[t][v]);
    }
  }
}

static TARGET void NAMED(sum)(
    const uint8_t *w, const int8_t *x, int64_t steps, int count, int32_t *sums) {
  enum { ROWS = VECTORS * LANES };
  for (int row = 0; row < BLOCK_ROWS; row += ROWS, w += 4 * ROWS, sums += ROWS) {
    switch (count) {
      case 1: NAMED(sum_one)(w, x, steps, sums); break;
#if TILE > 1
      case 2: NAMED(sum_many)(w, x, steps, 2, sums); break;
      case 4: NAMED(sum_many)(w, x, steps, 4, sums); break;
#endif
#if TILE > 4
      case 8: NAMED(sum_many)(w, x, steps, 8, sums); break;
      case 12: NAMED(sum_many)(w, x, steps, 12, sums); break;
#endif
    }
  }
}

static TARGET void NAMED(multiply)(
    const struct product *p, int64_t first, int count, int64_t from, int64_t to, void *scratch) {
  (void)scratch;
  multiply_dots(p, first, count, from, to, NAMED(sum));
}

#undef ISA
#undef TARGET
#undef LANES
#undef TOP_SHIFT
#undef VECTORS
#undef TILE
#undef DOT
