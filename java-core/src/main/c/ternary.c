/*
 * Products of int8 activations and ternary weights, out[b, r] = sum_c x[b, c] * trit[r, c], exact
 * for every input: the loops of the backend `native` (NativeKernels.java), which cuts the work and
 * checks the arguments.
 *
 * One object file serves every CPU of an architecture: each instruction set is compiled under a
 * target attribute and chosen at run time. They differ in speed only; all read one layout and give
 * the same bits.
 *
 * Layout: [ceil(rows / 32)][ceil(cols / 16)][32 rows][4 bytes]; byte j of a row holds trit + 1 of
 * the columns j, 4 + j, 8 + j and 12 + j of the step of 16, the first in the low bits. A load gives
 * whole rows in 32-bit lanes, four consecutive columns of x meet all of them by a broadcast, and no
 * sum ever crosses lanes. Padding is trit 0.
 *
 * Activations are prepared once a call: rows of x are gathered in tiles and interleaved, columns
 * are padded to steps with zeros, and each group begins a step of its own, so that a group of any
 * size is a range of whole steps. As codes are trit + 1, the sum of x has to be taken off again:
 * it is prepared too.
 */
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))

enum {
  BLOCK_ROWS = 32,
  STEP_COLS = 16,
  STEP_BYTES = BLOCK_ROWS * 4,
  /* 64 * (2 * 128) * 65536 = 2^30: the topmost field of a code, unshifted, stays inside int32. */
  CHUNK_STEPS = 65536 / STEP_COLS,
  MAX_TILE = 12,
  /* Bytes ahead of a stream of weights: about a hundred nanoseconds. */
  PREFETCH = 4096,
  /* Rows of x in a tile of tables, the lanes of 64 bytes of int16; fewer than half do not pay. */
  TABLE_TILE = 32,
  /* Entries of a table: one for each value of four trits. */
  TABLE_ENTRIES = 81,
  /* 15 * 4 tables * (4 * 128) = 30720 stays inside int16. */
  STEPS_BEFORE_WIDENING = 15,
};

/*
 * One call: what all its tasks share. scales is null for a product in integers, and for one whose
 * sums are multiplied with scale * x_scales[row of x].
 */
struct product {
  int64_t batch, rows, cols, group, groups;
  /* Steps of a row of the layout, and of a prepared row of x. */
  int64_t steps, prepared_steps;
  const int8_t *prepared;
  const uint8_t *layout;
  const float *scales;
  const float *x_scales;
  float scale;
  void *out;
};

/* sums[t][r] = sum_c x[t, c] * (trit[r, c] + 1) of 32 rows, over steps and a tile of x. */
typedef void sum_tile(const uint8_t *w, const int8_t *x, int64_t steps, int count, int32_t *sums);

/* All rows from..to of a tile of x; scratch is for tables. */
typedef void multiply_tile(
    const struct product *p, int64_t first, int count, int64_t from, int64_t to, void *scratch);

INLINE int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* The columns of a group, and the steps of the layout that hold them. */
struct span {
  int64_t from, to, first_step, steps;
};

INLINE struct span span_of(const struct product *p, int64_t group) {
  struct span s = {.from = group * p->group, .to = min(p->cols, (group + 1) * p->group)};
  s.first_step = s.from / STEP_COLS;
  s.steps = ceil_div(s.to, STEP_COLS) - s.first_step;
  return s;
}

static struct product product_of(
    int64_t batch, int64_t rows, int64_t cols, int64_t group, const int8_t *prepared) {
  struct product p = {
      .batch = batch, .rows = rows, .cols = cols, .group = group, .prepared = prepared};
  p.groups = ceil_div(cols, group);
  p.steps = ceil_div(cols, STEP_COLS);
  p.prepared_steps = p.steps;
  if (group % STEP_COLS != 0) {
    p.prepared_steps = 0;
    for (int64_t g = 0; g < p.groups; g++) {
      p.prepared_steps += span_of(&p, g).steps;
    }
  }
  return p;
}

/* Prepared: int32 sums [batch][groups], then the tiles of rows of x one after the other. */
INLINE const int32_t *sums_of(const struct product *p, int64_t row) {
  return (const int32_t *)p->prepared + row * p->groups;
}

INLINE const int8_t *tile_of(const struct product *p, int64_t row) {
  return (const int8_t *)sums_of(p, p->batch) + row * p->prepared_steps * STEP_COLS;
}

/*
 * Writes what a row of x makes of up to 32 rows of weights, all of whose columns are one group.
 * The count is a constant where the block is whole: a few vectors then, and no loop.
 */
INLINE void finish(
    const struct product *p, int64_t row_of_x, int64_t row, const int rows, const int32_t *sums) {
  uint32_t offset = (uint32_t)*sums_of(p, row_of_x);
  int64_t at = row_of_x * p->rows + row;
  if (p->x_scales) {
    float factor = p->scale * p->x_scales[row_of_x];
    for (int r = 0; r < rows; r++) {
      ((float *)p->out)[at + r] = factor * (float)(int32_t)((uint32_t)sums[r] - offset);
    }
  } else {
    for (int r = 0; r < rows; r++) {
      ((uint32_t *)p->out)[at + r] = (uint32_t)sums[r] - offset;
    }
  }
}

/* The sums of a block of weights over a group of any length. */
INLINE void sum_group(
    const uint8_t *w, const int8_t *x, int64_t steps, int count, sum_tile *sum, int32_t *sums) {
  sum(w, x, min(steps, CHUNK_STEPS), count, sums);
  for (int64_t done = CHUNK_STEPS; done < steps; done += CHUNK_STEPS) {
    int32_t more[MAX_TILE * BLOCK_ROWS];
    sum(w + done * STEP_BYTES, x + done * STEP_COLS * count, min(steps - done, CHUNK_STEPS), count,
        more);
    for (int i = 0; i < count * BLOCK_ROWS; i++) {
      sums[i] = (int32_t)((uint32_t)sums[i] + (uint32_t)more[i]);
    }
  }
}

/* A tile in dot products, block after block; all columns are one group. */
INLINE void multiply_blocks(
    const struct product *p, int64_t first, int count, int64_t from, int64_t to, sum_tile *sum) {
  for (int64_t row = from; row < to; row += BLOCK_ROWS) {
    int32_t sums[MAX_TILE][BLOCK_ROWS];
    sum_group(p->layout + row / BLOCK_ROWS * p->steps * STEP_BYTES, tile_of(p, first), p->steps,
              count, sum, sums[0]);
    if (to - row >= BLOCK_ROWS) {
      for (int t = 0; t < count; t++) {
        finish(p, first + t, row, BLOCK_ROWS, sums[t]);
      }
    } else {
      for (int t = 0; t < count; t++) {
        finish(p, first + t, row, (int)(to - row), sums[t]);
      }
    }
  }
}

/* A tile in dot products, block after block, each group with its scales. */
INLINE void multiply_groups(
    const struct product *p, int64_t first, int count, int64_t from, int64_t to, sum_tile *sum) {
  int64_t block_bytes = p->steps * STEP_BYTES;
  for (int64_t row = from; row < to; row += BLOCK_ROWS) {
    int rows = (int)min(BLOCK_ROWS, to - row);
    const int8_t *x = tile_of(p, first);
    float total[MAX_TILE][BLOCK_ROWS] = {{0}};
    for (int64_t g = 0; g < p->groups; g++) {
      struct span s = span_of(p, g);
      const uint8_t *w = p->layout + row / BLOCK_ROWS * block_bytes + s.first_step * STEP_BYTES;
      int32_t sums[MAX_TILE][BLOCK_ROWS];
      sum_group(w, x, s.steps, count, sum, sums[0]);
      x += s.steps * STEP_COLS * count;
      float scale[BLOCK_ROWS] = {0};
      for (int r = 0; r < rows; r++) {
        scale[r] = p->scales[(row + r) * p->groups + g];
      }
      for (int t = 0; t < count; t++) {
        uint32_t offset = (uint32_t)sums_of(p, first + t)[g];
        for (int r = 0; r < BLOCK_ROWS; r++) {
          total[t][r] += scale[r] * (float)(int32_t)((uint32_t)sums[t][r] - offset);
        }
      }
    }
    for (int t = 0; t < count; t++) {
      memcpy((float *)p->out + (first + t) * p->rows + row, total[t], (size_t)rows * 4);
    }
  }
}

INLINE void multiply_dots(
    const struct product *p, int64_t first, int count, int64_t from, int64_t to, sum_tile *sum) {
  if (p->scales) {
    multiply_groups(p, first, count, from, to, sum);
  } else {
    multiply_blocks(p, first, count, from, to, sum);
  }
}

/*
 * Digits of base 4 to base 3, in each byte of 32 words. Tables that codes index as they are would lie
 * in 27 of the 64 sets of an L1 cache, and be evicted before they are used.
 */
INLINE void densify(const uint8_t *w, uint32_t *dense) {
  for (int r = 0; r < BLOCK_ROWS; r++) {
    uint32_t c;
    memcpy(&c, w + 4 * r, sizeof c);
    c -= c >> 2 & 0x33333333u;
    dense[r] = c - 7 * (c >> 4 & 0x0f0f0f0fu);
  }
}

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAMED(name) JOIN(name, ISA)

#if defined(__x86_64__)

static int has_avx2(void) { return __builtin_cpu_supports("avx2"); }
static int has_avx512bw(void) {
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
static int has_avx512vnni(void) { return has_avx512bw() && __builtin_cpu_supports("avx512vnni"); }

/* Leaf 7.1 of CPUID; not every compiler that knows the instructions knows their name. */
static int has_avxvnni(void) {
  unsigned a, b, c, d;
  return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
}

#define ISA avx2
#define TARGET __attribute__((target("avx2")))
#define LANES 8
#define PAIRS(w, x) _mm256_maddubs_epi16((__m256i)(w), (__m256i)(x))
#define WIDENED(s) _mm256_madd_epi16((__m256i)(s), _mm256_set1_epi16(1))
#include "ternary-tables.h"
#include "ternary-pairs.h"

#define ISA avx512bw
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl")))
#define LANES 16
#define PAIRS(w, x) _mm512_maddubs_epi16((__m512i)(w), (__m512i)(x))
#define WIDENED(s) _mm512_madd_epi16((__m512i)(s), _mm512_set1_epi16(1))
#include "ternary-tables.h"
#include "ternary-pairs.h"

#define ISA avxvnni
#define TARGET __attribute__((target("avx2,avxvnni")))
#define LANES 8
#define TOP_SHIFT 0
#define VECTORS 2
#define TILE 4
#define DOT(s, w, x) _mm256_dpbusd_avx_epi32((__m256i)(s), (__m256i)(w), (__m256i)(x))
#include "ternary-dots.h"

#define ISA avx512vnni
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define LANES 16
#define TOP_SHIFT 0
#define VECTORS 2
#define TILE 12
#define DOT(s, w, x) _mm512_dpbusd_epi32((__m512i)(s), (__m512i)(w), (__m512i)(x))
#include "ternary-dots.h"

#elif defined(__aarch64__)

static int has_neon(void) { return 1; }

#define ISA neon
#define TARGET
#define LANES 4
#define TOP_SHIFT 6
#define VECTORS 4
#define TILE 1
#define DOT(s, w, x) neon_dot(s, (int8x16_t)(w), (int8x16_t)(x))
/* Fields are at most 32, so that four products stay inside int16. */
INLINE int32x4_t neon_dot(int32x4_t s, int8x16_t w, int8x16_t x) {
  int16x8_t low = vmull_s8(vget_low_s8(w), vget_low_s8(x));
  return vpadalq_s16(s, vpaddq_s16(low, vmull_high_s8(w, x)));
}
#include "ternary-tables.h"
#include "ternary-dots.h"

/* An older clang has the instruction only where the target CPU is known to. */
#if defined(__ARM_FEATURE_DOTPROD) || !defined(__clang__) || __clang_major__ >= 16
#define HAVE_DOTPROD
static int has_dotprod(void) {
#if defined(__ARM_FEATURE_DOTPROD)
  return 1;
#elif defined(__linux__)
  return getauxval(AT_HWCAP) >> 20 & 1;
#else
  return 0;
#endif
}

#define ISA dotprod
#if defined(__ARM_FEATURE_DOTPROD)
#define TARGET
#elif defined(__clang__)
#define TARGET __attribute__((target("dotprod")))
#else
#define TARGET __attribute__((target("arch=armv8.2-a+dotprod")))
#endif
#define LANES 4
#define TOP_SHIFT 6
#define VECTORS 4
#define TILE 4
#define DOT(s, w, x) vdotq_s32(s, (int8x16_t)(w), (int8x16_t)(x))
#include "ternary-dots.h"
#endif

#endif

/* The definition, and what is left where no instruction set above fits. */
static void sum_portable(
    const uint8_t *w, const int8_t *x, int64_t steps, int count, int32_t *sums) {
  (void)count;
  memset(sums, 0, BLOCK_ROWS * sizeof *sums);
  for (int64_t s = 0; s < steps; s++, w += STEP_BYTES, x += STEP_COLS) {
    for (int i = 0; i < STEP_BYTES; i++) {
      for (int f = 0; f < 4; f++) {
        sums[i / 4] += (w[i] >> 2 * f & 3) * x[4 * f + i % 4];
      }
    }
  }
}

static void multiply_portable(
    const struct product *p, int64_t first, int count, int64_t from, int64_t to, void *scratch) {
  (void)scratch;
  multiply_dots(p, first, count, from, to, sum_portable);
}

static int always(void) { return 1; }

/* Best first. */
static const struct isa {
  const char *name;
  int (*supported)(void);
  int tile;
  multiply_tile *blocks, *tables;
} ISAS[] = {
#if defined(__x86_64__)
    {"avx512vnni", has_avx512vnni, 12, multiply_avx512vnni, 0},
    {"avxvnni", has_avxvnni, 4, multiply_avxvnni, 0},
    {"avx512bw", has_avx512bw, 1, multiply_avx512bw, tables_avx512bw},
    {"avx2", has_avx2, 1, multiply_avx2, tables_avx2},
#elif defined(__aarch64__)
#if defined(HAVE_DOTPROD)
    {"dotprod", has_dotprod, 4, multiply_dotprod, 0},
#endif
    {"neon", has_neon, 1, multiply_neon, tables_neon},
#endif
    {"portable", always, 1, multiply_portable, 0},
};

/* Rows of x of the next tile, which depends on how many are left alone. */
static int tile(const struct isa *isa, int64_t left) {
  if (isa->tables && left >= TABLE_TILE / 2) {
    return (int)min(left, TABLE_TILE);
  }
  int size = isa->tile;
  while (size > left) {
    size = size > 8 ? 8 : size / 2;
  }
  return size;
}

static int uses_tables(const struct isa *isa, int count) { return isa->tables && count > 1; }

/* The name of instruction set i, null where this CPU has not got it, "" behind the last. */
EXPORT const char *tritter_isa(int32_t i) {
  int32_t count = sizeof ISAS / sizeof ISAS[0];
  return i >= count ? "" : ISAS[i].supported() ? ISAS[i].name : 0;
}

EXPORT int64_t tritter_layout_bytes(int64_t rows, int64_t cols) {
  return ceil_div(rows, BLOCK_ROWS) * ceil_div(cols, STEP_COLS) * STEP_BYTES;
}

/* Rows from..to, from a multiple of 32, of 2-bit trits: 0 = 00, +1 = 01, -1 = 10. */
EXPORT void tritter_layout(
    const uint8_t *packed, uint8_t *layout, int64_t cols, int64_t from, int64_t to) {
  int64_t row_bytes = ceil_div(cols, 4);
  int64_t block_bytes = ceil_div(cols, STEP_COLS) * STEP_BYTES;
  layout += from / BLOCK_ROWS * block_bytes;
  memset(layout, 0x55, (size_t)(ceil_div(to - from, BLOCK_ROWS) * block_bytes));
  for (int64_t row = from; row < to; row++) {
    const uint8_t *source = packed + row * row_bytes;
    uint8_t *target = layout + (row - from) / BLOCK_ROWS * block_bytes + row % BLOCK_ROWS * 4;
    for (int64_t i = 0; i < row_bytes; i++) {
      /* Trit + 1 of four fields at once: 00, 01, 10 become 01, 10, 00. */
      int low = source[i] & 0x55, high = source[i] >> 1 & 0x55;
      int codes = low << 1 | (~(low | high) & 0x55);
      uint8_t *word = target + i / 4 * STEP_BYTES;
      for (int j = 0; j < 4; j++) {
        int field = 2 * (int)(i % 4);
        word[j] = (uint8_t)((word[j] & ~(3 << field)) | (codes >> 2 * j & 3) << field);
      }
    }
  }
}

/* Bytes of memory for tritter_prepare. */
EXPORT int64_t tritter_prepared_bytes(int64_t batch, int64_t cols, int64_t group) {
  struct product p = product_of(batch, 0, cols, group, 0);
  int64_t padded = ceil_div(batch, TABLE_TILE) * TABLE_TILE;
  return batch * p.groups * 4 + padded * p.prepared_steps * STEP_COLS;
}

/* Bytes of memory for tritter_multiply, whose tasks take at most so many rows. */
EXPORT int64_t tritter_scratch_bytes(int32_t isa, int64_t batch, int64_t rows) {
  int64_t bytes = TABLE_TILE * (4 * TABLE_ENTRIES * sizeof(int16_t) +
                                (rows + BLOCK_ROWS) * (sizeof(int16_t) + 2 * sizeof(int32_t)));
  return uses_tables(ISAS + isa, tile(ISAS + isa, batch)) ? bytes : 0;
}

/* One row of x of a tile: its columns in steps, units of them `stride` bytes apart. */
INLINE void scatter(
    const struct product *p, const int8_t *row, int8_t *target, const int unit, int64_t stride) {
  for (int64_t g = 0; g < p->groups; g++) {
    struct span s = span_of(p, g);
    for (int64_t c = s.first_step * STEP_COLS; c < s.to; c += STEP_COLS) {
      int8_t padded[STEP_COLS] = {0};
      const int8_t *columns = row + c;
      if (c < s.from || c + STEP_COLS > s.to) {
        for (int64_t i = c < s.from ? s.from : c; i < min(c + STEP_COLS, s.to); i++) {
          padded[i - c] = row[i];
        }
        columns = padded;
      }
#pragma GCC unroll 16
      for (int i = 0; i < STEP_COLS; i += unit, target += stride) {
        memcpy(target, columns + i, (size_t)unit);
      }
    }
  }
}

/* Prepares rows first..last of x [batch, cols]; first is a multiple of 96. */
EXPORT void tritter_prepare(
    int32_t isa, const int8_t *x, int8_t *prepared, int64_t batch, int64_t cols, int64_t group,
    int64_t first, int64_t last) {
  struct product p = product_of(batch, 0, cols, group, prepared);
  for (int count; first < last; first += count) {
    count = tile(ISAS + isa, batch - first);
    int tables = uses_tables(ISAS + isa, count);
    int8_t *start = (int8_t *)tile_of(&p, first);
    if (tables && count < TABLE_TILE) {
      memset(start, 0, (size_t)(p.prepared_steps * STEP_COLS * TABLE_TILE));
    }
    for (int t = 0; t < count; t++) {
      const int8_t *row = x + (first + t) * cols;
      int32_t *sums = (int32_t *)sums_of(&p, first + t);
      for (int64_t g = 0; g < p.groups; g++) {
        struct span s = span_of(&p, g);
        int32_t sum = 0;
        for (int64_t c = s.from; c < s.to; c++) {
          sum += row[c];
        }
        sums[g] = sum;
      }
      if (tables) {
        scatter(&p, row, start + t, 1, TABLE_TILE);
      } else if (count == 1) {
        scatter(&p, row, start, STEP_COLS, STEP_COLS);
      } else {
        scatter(&p, row, start + t * 4, 4, count * 4);
      }
    }
  }
}

/*
 * The part of the product in rows first..last of x and rows from..to of the weights; first is a
 * multiple of 96 and from one of 32. Writes int32, or float32 with scales [rows, groups], or, with
 * x_scales [batch] and one group, float32 times scale * x_scales.
 */
EXPORT void tritter_multiply(
    int32_t isa, const uint8_t *layout, const int8_t *prepared, const float *scales,
    const float *x_scales, float scale, void *out, int64_t batch, int64_t rows, int64_t cols, int64_t group, int64_t first, int64_t last,
    int64_t from, int64_t to, void *scratch) {
  struct product p = product_of(batch, rows, cols, group, prepared);
  p.layout = layout;
  p.scales = scales;
  p.x_scales = x_scales;
  p.scale = scale;
  p.out = out;
  for (int count; first < last; first += count) {
    count = tile(ISAS + isa, batch - first);
    multiply_tile *multiply =
        uses_tables(ISAS + isa, count) ? ISAS[isa].tables : ISAS[isa].blocks;
    multiply(&p, first, count, from, to, scratch);
  }
}
