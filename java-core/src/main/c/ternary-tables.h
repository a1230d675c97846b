/*
 * Template of a tile in tables of sums ("four Russians"), for instruction sets that do not sum
 * products of bytes in int32: a lane is a row of x, and four columns cost a row of weights one
 * addition and no product.
 *
 * ISA, TARGET, LANES (int32 of a vector). Tables, and sums after them, are [..][TABLE_TILE].
 */
typedef int16_t NAMED(narrow) __attribute__((vector_size(4 * LANES)));

/*
 * The 81 signed sums of the columns 0, 4, 8 and 12 of x, whose trits + 1 are the digits of an index.
 */
INLINE TARGET void NAMED(tabulate)(const int8_t *x, int16_t *table) {
  enum { WIDTH = 2 * LANES };
  for (int lane = 0; lane < TABLE_TILE; lane += WIDTH) {
    NAMED(narrow) column[4];
    for (int f = 0; f < 4; f++) {
      int16_t wider[WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        wider[i] = x[4 * f * TABLE_TILE + lane + i];
      }
      memcpy(&column[f], wider, sizeof wider);
    }
    NAMED(narrow) *entry = (NAMED(narrow) *)(table + lane);
    enum { NEXT = TABLE_TILE / WIDTH };
    NAMED(narrow) s3 = -column[3] - column[2] - column[1];
    for (int d3 = 0; d3 < 3; d3++, s3 += column[3]) {
      NAMED(narrow) s2 = s3;
      for (int d2 = 0; d2 < 3; d2++, s2 += column[2]) {
        NAMED(narrow) s1 = s2;
        for (int d1 = 0; d1 < 3; d1++, s1 += column[1], entry += 3 * NEXT) {
          entry[0] = s1 - column[0];
          entry[NEXT] = s1;
          entry[2 * NEXT] = s1 + column[0];
        }
      }
    }
  }
}

/* Adds what one step of a block finds in its four tables to the sums of the block. */
INLINE TARGET void NAMED(look_up)(const uint8_t *w, const int16_t *tables, int16_t *sums) {
  enum { TABLE = TABLE_ENTRIES * TABLE_TILE };
  uint32_t dense[BLOCK_ROWS];
  densify(w, dense);
  for (int r = 0; r < BLOCK_ROWS; r++, sums += TABLE_TILE) {
    const int16_t *a = tables + (dense[r] & 255) * TABLE_TILE;
    const int16_t *b = tables + TABLE + (dense[r] >> 8 & 255) * TABLE_TILE;
    const int16_t *c = tables + 2 * TABLE + (dense[r] >> 16 & 255) * TABLE_TILE;
    const int16_t *d = tables + 3 * TABLE + (dense[r] >> 24) * TABLE_TILE;
#pragma GCC unroll 4
    for (int lane = 0; lane < TABLE_TILE; lane += 2 * LANES) {
      typedef NAMED(narrow) vector;
      *(vector *)(sums + lane) += (*(const vector *)(a + lane) + *(const vector *)(b + lane)) +
                                  (*(const vector *)(c + lane) + *(const vector *)(d + lane));
    }
  }
}

static TARGET void NAMED(tables)(
    const struct product *p, int64_t first, int count, int64_t from, int64_t to, void *scratch) {
  int64_t block_bytes = p->steps * STEP_BYTES;
  int64_t size = ceil_div(to - from, BLOCK_ROWS) * BLOCK_ROWS * TABLE_TILE;
  const uint8_t *blocks = p->layout + from / BLOCK_ROWS * block_bytes;
  int16_t *tables = scratch;
  int16_t *some = tables + 4 * TABLE_ENTRIES * TABLE_TILE;
  int32_t *sums = (int32_t *)(some + size);
  float *total = (float *)(sums + size);
  const int8_t *x = tile_of(p, first);
  memset(total, 0, p->scales ? (size_t)size * sizeof *total : 0);
  for (int64_t g = 0; g < p->groups; g++) {
    struct span s = span_of(p, g);
    memset(some, 0, (size_t)size * sizeof *some);
    memset(sums, 0, (size_t)size * sizeof *sums);
    for (int64_t step = 0; step < s.steps; step++, x += STEP_COLS * TABLE_TILE) {
      for (int j = 0; j < 4; j++) {
        NAMED(tabulate)(x + j * TABLE_TILE, tables + j * TABLE_ENTRIES * TABLE_TILE);
      }
      const uint8_t *w = blocks + (s.first_step + step) * STEP_BYTES;
      for (int64_t i = 0; i < size; i += BLOCK_ROWS * TABLE_TILE, w += block_bytes) {
        NAMED(look_up)(w, tables, some + i);
      }
      if ((step + 1) % STEPS_BEFORE_WIDENING == 0 || step + 1 == s.steps) {
        for (int64_t i = 0; i < size; i++) {
          sums[i] += some[i];
          some[i] = 0;
        }
      }
    }
    for (int64_t row = 0; p->scales && row < to - from; row++) {
      float scale = p->scales[(from + row) * p->groups + g];
      for (int t = 0; t < TABLE_TILE; t++) {
        total[row * TABLE_TILE + t] += scale * (float)sums[row * TABLE_TILE + t];
      }
    }
  }
  for (int64_t row = from; p->x_scales && row < to; row++) {
    for (int t = 0; t < count; t++) {
      int64_t i = (row - from) * TABLE_TILE + t;
      total[i] = p->scale * p->x_scales[first + t] * (float)sums[i];
    }
  }
  const int32_t *result = p->scales || p->x_scales ? (const int32_t *)total : sums;
  int32_t *out = (int32_t *)p->out + first * p->rows;
  for (int64_t row = from; row < to; row++, result += TABLE_TILE) {
    for (int t = 0; t < count; t++) {
      out[t * p->rows + row] = result[t];
    }
  }
}
