/*
 * Template of the instruction sets that multiply bytes and add pairs to int16: one row of x, with
 * fewer shifts and masks than fields.
 *
 * ISA, TARGET, LANES (int32 of a vector), PAIRS(w, x) (u8 * s8, neighbours added, int16),
 * WIDENED(s) (neighbours of int16 added, int32).
 */
typedef uint32_t NAMED(words) __attribute__((vector_size(4 * LANES)));
typedef int32_t NAMED(ints) __attribute__((vector_size(4 * LANES)));
typedef int16_t NAMED(shorts) __attribute__((vector_size(4 * LANES)));

/*
 * Two fields of a code stay where they are, of weight 1 and 4, and one shift brings the other two
 * there. Of weight 4, 7 steps of 2 * (4 * 2 * 2 * 128) = 28672 stay inside int16.
 */
static TARGET void NAMED(sum)(
    const uint8_t *w, const int8_t *x, int64_t steps, int count, int32_t *sums) {
  enum { VECTORS_OF_STEP = BLOCK_ROWS / LANES, STEPS = 7 };
  (void)count;
  memset(sums, 0, BLOCK_ROWS * sizeof *sums);
  for (int64_t s = 0; s < steps; s += STEPS) {
    NAMED(shorts) ones[VECTORS_OF_STEP] = {{0}};
    NAMED(shorts) fours[VECTORS_OF_STEP] = {{0}};
    int64_t end = min(steps, s + STEPS);
    for (int64_t i = s; i < end; i++, w += STEP_BYTES, x += STEP_COLS) {
      __builtin_prefetch(w + PREFETCH);
      __builtin_prefetch(w + PREFETCH + 64);
      NAMED(ints) column[4];
#pragma GCC unroll 4
      for (int f = 0; f < 4; f++) {
        int32_t four;
        memcpy(&four, x + 4 * f, sizeof four);
        column[f] = (NAMED(ints)){0} + four;
      }
#pragma GCC unroll 4
      for (int v = 0; v < VECTORS_OF_STEP; v++) {
        NAMED(words) codes;
        memcpy(&codes, w + v * sizeof codes, sizeof codes);
        NAMED(words) high = codes >> 4;
        ones[v] += (NAMED(shorts))PAIRS(codes & 0x03030303u, column[0]);
        fours[v] += (NAMED(shorts))PAIRS(codes & 0x0c0c0c0cu, column[1]);
        ones[v] += (NAMED(shorts))PAIRS(high & 0x03030303u, column[2]);
        fours[v] += (NAMED(shorts))PAIRS(high & 0x0c0c0c0cu, column[3]);
      }
    }
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS_OF_STEP; v++) {
      NAMED(ints) sum;
      memcpy(&sum, sums + v * LANES, sizeof sum);
      sum += (NAMED(ints))WIDENED(ones[v] + (fours[v] >> 2));
      memcpy(sums + v * LANES, &sum, sizeof sum);
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
#undef PAIRS
#undef WIDENED
