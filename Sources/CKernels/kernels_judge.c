/// The judge's kernels where they need no instructions of their own: in plain C for the portable level, and for the others
/// by way of their inner products.
#include "kernels_private.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/// The processor's own square root, which is exact; the C library's would be one more thing to link.
ALMANAC_INLINE double square_root(double x) {
#if defined(__x86_64__)
    __m128d value = _mm_set_sd(x);
    return _mm_cvtsd_f64(_mm_sqrt_sd(value, value));
#elif defined(__aarch64__)
    return vget_lane_f64(vsqrt_f64(vdup_n_f64(x)), 0);
#else
    return __builtin_sqrt(x);
#endif
}

ALMANAC_INLINE int32_t cosine_units(int32_t product, double first_norm, double second_norm) {
    if (product <= 0 || first_norm <= 0 || second_norm <= 0) return 0;
    double cosine = (double)product * 65536.0 / square_root(first_norm * second_norm);
    return (int32_t)((cosine < 65536.0 ? cosine : 65536.0) + 0.5);
}

static void encode_with(const almanac_kernels *kernels, const int8_t *const *rows, const uint16_t *scales,
                        size_t row_count, size_t stride, int32_t *sums, int8_t *out) {
    for (size_t i = 0; i < stride; i++) sums[i] = 0;
    for (size_t r = 0; r < row_count; r++) kernels->pool_row(sums, rows[r], scales[r], stride);
    kernels->quantize(sums, stride, out);
}

static void cosines_with(const almanac_kernels *kernels, const int8_t *const *rows, size_t row_count,
                         const int8_t *const *columns, size_t column_count, size_t stride, size_t pitch,
                         int32_t *units) {
    int32_t products[ALMANAC_MAX_COSINE_COLUMNS], norms[ALMANAC_MAX_COSINE_COLUMNS];
    for (size_t r = 0; r < row_count; r++) {
        double norm = (double)kernels->dot(rows[r], rows[r], stride);
        kernels->dot_gather(rows[r], columns, stride, column_count, products, norms);
        for (size_t c = 0; c < column_count; c++)
            units[r * pitch + c] = cosine_units(products[c], norm, (double)norms[c]);
        for (size_t c = column_count; c % 8 != 0; c++) units[r * pitch + c] = 0;
    }
}

int64_t almanac_portable_score_trees(const int32_t *groups, size_t group_count, const int32_t *values) {
    int64_t total = 0;
    for (size_t g = 0; g < group_count; g++, groups += ALMANAC_TREE_GROUP_SIZE)
        for (size_t tree = 0; tree < ALMANAC_TREE_GROUP; tree++) {
            size_t node = 0;
            for (int depth = 0; depth < 4; depth++) {
                int32_t value = values[groups[(15 + node) * ALMANAC_TREE_GROUP + tree]];
                node = 2 * node + (value <= groups[node * ALMANAC_TREE_GROUP + tree] ? 1 : 2);
            }
            total += groups[(15 + node) * ALMANAC_TREE_GROUP + tree];
        }
    return total;
}

#define JUDGE_KERNELS_WITH(level)                                                                                         \
    void almanac_##level##_encode_rows(const int8_t *const *rows, const uint16_t *scales, size_t row_count,               \
                                       size_t stride, int32_t *sums, int8_t *out) {                                       \
        encode_with(&almanac_kernels_##level, rows, scales, row_count, stride, sums, out);                                \
    }                                                                                                                     \
    void almanac_##level##_cosines(const int8_t *const *rows, size_t row_count, const int8_t *const *columns,             \
                                   size_t column_count, size_t stride, size_t pitch, int32_t *units) {                    \
        cosines_with(&almanac_kernels_##level, rows, row_count, columns, column_count, stride, pitch, units);             \
    }

JUDGE_KERNELS_WITH(portable)
#if defined(__x86_64__)
JUDGE_KERNELS_WITH(avx2)
#elif defined(__aarch64__)
JUDGE_KERNELS_WITH(neon)
#endif
