/// The judge's trees for x86-64 with AVX2: half a group at a time.
#include "kernels_private.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 ALMANAC_INLINE __m256i load(const int32_t *p) { return _mm256_loadu_si256((const __m256i *)p); }

/// `left` or, where the mask is set, `right`.
AVX2 ALMANAC_INLINE __m256i choose(__m256i mask, __m256i left, __m256i right) {
    return _mm256_blendv_epi8(left, right, mask);
}

/// One of 2, 4, 8 or 16 consecutive rows of a group for each tree, by the turns taken so far, the first first.
AVX2 ALMANAC_INLINE __m256i row_of_1(const int32_t *rows, const __m256i *turns) {
    (void)turns;
    return load(rows);
}
AVX2 ALMANAC_INLINE __m256i row_of_2(const int32_t *rows, const __m256i *turns) {
    return choose(turns[0], row_of_1(rows, turns + 1), row_of_1(rows + 1 * ALMANAC_TREE_GROUP, turns + 1));
}
AVX2 ALMANAC_INLINE __m256i row_of_4(const int32_t *rows, const __m256i *turns) {
    return choose(turns[0], row_of_2(rows, turns + 1), row_of_2(rows + 2 * ALMANAC_TREE_GROUP, turns + 1));
}
AVX2 ALMANAC_INLINE __m256i row_of_8(const int32_t *rows, const __m256i *turns) {
    return choose(turns[0], row_of_4(rows, turns + 1), row_of_4(rows + 4 * ALMANAC_TREE_GROUP, turns + 1));
}
AVX2 ALMANAC_INLINE __m256i row_of_16(const int32_t *rows, const __m256i *turns) {
    return choose(turns[0], row_of_8(rows, turns + 1), row_of_8(rows + 8 * ALMANAC_TREE_GROUP, turns + 1));
}

AVX2 int64_t almanac_avx2_score_trees(const int32_t *groups, size_t group_count, const int32_t *values) {
    __m256i total = _mm256_setzero_si256();
    for (size_t g = 0; g < 2 * group_count; g++) {
        const int32_t *group = groups + g / 2 * ALMANAC_TREE_GROUP_SIZE + g % 2 * 8;
        __m256i turns[4];
#define TURN(level, first, row_of)                                                                                                \
    turns[level] = _mm256_cmpgt_epi32(                                                                                    \
        _mm256_i32gather_epi32(values, row_of(group + (15 + first) * ALMANAC_TREE_GROUP, turns), 4),  \
        row_of(group + (first)*ALMANAC_TREE_GROUP, turns))
        TURN(0, 0, row_of_1);
        TURN(1, 1, row_of_2);
        TURN(2, 3, row_of_4);
        TURN(3, 7, row_of_8);
#undef TURN
        total = _mm256_add_epi32(total, row_of_16(group + 30 * ALMANAC_TREE_GROUP, turns));
    }
    int32_t sums[8];
    _mm256_storeu_si256((__m256i *)sums, total);
    int64_t score = 0;
    for (int i = 0; i < 8; i++) score += sums[i];
    return score;
}
#endif
