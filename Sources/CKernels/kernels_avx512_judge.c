/// The judge's kernels for x86-64 with AVX-512 F, BW, VL, VNNI and VBMI.
#include "kernels_private.h"

#if defined(__x86_64__)
#include "kernels_avx512.h"

AVX512 ALMANAC_INLINE __m512i low_bytes(__m512i a, __m512i b) { return _mm512_unpacklo_epi8(a, b); }
AVX512 ALMANAC_INLINE __m512i high_bytes(__m512i a, __m512i b) { return _mm512_unpackhi_epi8(a, b); }

/// Four sums of four times sixteen components, in the order in which two rounds of packing put them right again.
typedef struct { __m512i part[4]; } sums64;

/// Σ scales[r]·rows[r] of 64 components. A factor is two bytes, and `vpdpbusd` multiplies four of them at once with the bytes
/// of four rows that were shuffled side by side.
AVX512 ALMANAC_INLINE sums64 pool64(const int8_t *const *rows, const uint16_t *scales, size_t row_count, size_t at) {
    sums64 low, high;
    for (int p = 0; p < 4; p++) low.part[p] = high.part[p] = _mm512_setzero_si512();
    for (size_t r = 0; r < row_count; r += 4) {
        __m512i row[4];
        uint32_t low_factors = 0, high_factors = 0;
        for (size_t k = 0; k < 4; k++) {
            // A row past the end is one more time the last one, with the factor 0.
            const int is_there = r + k < row_count;
            row[k] = load(rows[is_there ? r + k : row_count - 1] + at);
            const uint32_t scale = is_there ? scales[r + k] : 0;
            low_factors |= (scale & 255) << 8 * k;
            high_factors |= scale >> 8 << 8 * k;
        }
        __m512i ab_low = low_bytes(row[0], row[1]), ab_high = high_bytes(row[0], row[1]);
        __m512i cd_low = low_bytes(row[2], row[3]), cd_high = high_bytes(row[2], row[3]);
        __m512i four[4] = {_mm512_unpacklo_epi16(ab_low, cd_low), _mm512_unpackhi_epi16(ab_low, cd_low),
                           _mm512_unpacklo_epi16(ab_high, cd_high), _mm512_unpackhi_epi16(ab_high, cd_high)};
        const __m512i by_low = _mm512_set1_epi32((int32_t)low_factors);
        const __m512i by_high = _mm512_set1_epi32((int32_t)high_factors);
        for (int p = 0; p < 4; p++) {
            low.part[p] = _mm512_dpbusd_epi32(low.part[p], by_low, four[p]);
            high.part[p] = _mm512_dpbusd_epi32(high.part[p], by_high, four[p]);
        }
    }
    for (int p = 0; p < 4; p++)
        low.part[p] = _mm512_add_epi32(low.part[p], _mm512_slli_epi32(high.part[p], 8));
    return low;
}

AVX512 ALMANAC_INLINE __m512i scaled(__m512i values, __m512d scale) {
    __m512d low = _mm512_mul_pd(_mm512_cvtepi32_pd(_mm512_castsi512_si256(values)), scale);
    __m512d high = _mm512_mul_pd(_mm512_cvtepi32_pd(_mm512_extracti64x4_epi64(values, 1)), scale);
    __m256i low_rounded = _mm512_cvt_roundpd_epi32(low, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256i high_rounded = _mm512_cvt_roundpd_epi32(high, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low_rounded), high_rounded, 1);
}

AVX512 void almanac_avx512_encode_rows(const int8_t *const *rows, const uint16_t *scales, size_t row_count,
                                       size_t stride, int32_t *sums, int8_t *out) {
    __m512i largest = _mm512_setzero_si512();
    for (size_t i = 0; i < stride; i += 64) {
        sums64 here = pool64(rows, scales, row_count, i);
        for (int p = 0; p < 4; p++) {
            // As unsigned numbers, the absolute value of INT32_MIN comes out right.
            largest = _mm512_max_epu32(largest, _mm512_abs_epi32(here.part[p]));
            _mm512_storeu_si512(sums + i + 16 * p, here.part[p]);
        }
    }
    uint32_t maximum = _mm512_reduce_max_epu32(largest);
    const __m512d scale = _mm512_set1_pd(127.0 / (double)(maximum ? maximum : 1));
    for (size_t i = 0; i < stride; i += 64) {
        __m512i first = _mm512_packs_epi32(scaled(load(sums + i), scale), scaled(load(sums + i + 16), scale));
        __m512i second = _mm512_packs_epi32(scaled(load(sums + i + 32), scale), scaled(load(sums + i + 48), scale));
        _mm512_storeu_si512(out + i, _mm512_packs_epi16(first, second));
    }
}

AVX512 ALMANAC_INLINE __m512i square(__m512i sum, __m512i row) {
    // Both sides with the offset: Σ (r + 128)·r − 128·Σ r.
    return _mm512_sub_epi32(_mm512_dpbusd_epi32(sum, offset(row), row),
                            _mm512_dpbusd_epi32(_mm512_setzero_si512(), top_bits(), row));
}

AVX512 ALMANAC_INLINE int32_t norm_of(const int8_t *row, size_t stride) {
    __m512i sum = _mm512_setzero_si512();
    for (size_t i = 0; i < stride; i += 64) sum = square(sum, load(row + i));
    return _mm512_reduce_add_epi32(sum);
}

/// The columns of a table of cosines: what the offset adds to their inner products, and their squared norms.
typedef struct {
    int32_t share[ALMANAC_MAX_COSINE_COLUMNS];
    int32_t norm[ALMANAC_MAX_COSINE_COLUMNS];
} columns64;

/// Inner products of four rows with all columns, four columns at a time: sixteen sums in registers.
AVX512 ALMANAC_INLINE void four_rows(const int8_t *const row[4], const int8_t *const *columns, size_t column_count,
                                     size_t stride, const columns64 *known,
                                     int32_t products[4][ALMANAC_MAX_COSINE_COLUMNS]) {
    for (size_t c = 0; c < column_count; c += 4) {
        const int8_t *column[4];
        __m512i sum[4][4];
        for (size_t k = 0; k < 4; k++) {
            column[k] = columns[c + k < column_count ? c + k : column_count - 1];
            for (size_t r = 0; r < 4; r++) sum[r][k] = _mm512_setzero_si512();
        }
        for (size_t i = 0; i < stride; i += 64) {
            __m512i shifted[4];
            for (size_t r = 0; r < 4; r++) shifted[r] = offset(load(row[r] + i));
            for (size_t k = 0; k < 4; k++) {
                __m512i bytes = load(column[k] + i);
                for (size_t r = 0; r < 4; r++) sum[r][k] = _mm512_dpbusd_epi32(sum[r][k], shifted[r], bytes);
            }
        }
        __m128i share = _mm_loadu_si128((const __m128i *)(known->share + c));
        for (size_t r = 0; r < 4; r++)
            _mm_storeu_si128((__m128i *)(products[r] + c),
                             _mm_sub_epi32(sums_of_4(sum[r][0], sum[r][1], sum[r][2], sum[r][3]), share));
    }
}

AVX512 void almanac_avx512_cosines(const int8_t *const *rows, size_t row_count, const int8_t *const *columns,
                                   size_t column_count, size_t stride, size_t pitch, int32_t *units) {
    if (column_count == 0) return;
    columns64 known;
    for (size_t c = 0; c < ALMANAC_MAX_COSINE_COLUMNS; c++) known.share[c] = known.norm[c] = 0;
    for (size_t c = 0; c < column_count; c++) {
        __m512i share = _mm512_setzero_si512();
        for (size_t i = 0; i < stride; i += 64)
            share = _mm512_dpbusd_epi32(share, top_bits(), load(columns[c] + i));
        known.share[c] = _mm512_reduce_add_epi32(share);
        known.norm[c] = norm_of(columns[c], stride);
    }
    const __m512d one = _mm512_set1_pd(65536.0), half = _mm512_set1_pd(0.5);
    for (size_t r = 0; r < row_count; r += 4) {
        const int8_t *row[4];
        for (size_t k = 0; k < 4; k++) row[k] = rows[r + k < row_count ? r + k : row_count - 1];
        int32_t products[4][ALMANAC_MAX_COSINE_COLUMNS];
        four_rows(row, columns, column_count, stride, &known, products);
        for (size_t k = 0; k < 4 && r + k < row_count; k++) {
            const int32_t norm = norm_of(row[k], stride);
            const __m512d row_norm = _mm512_set1_pd((double)norm);
            for (size_t c = 0; c < column_count; c += 8) {
                const __mmask8 there = (__mmask8)(column_count - c < 8 ? (1u << (column_count - c)) - 1 : 255);
                __m256i product = _mm256_maskz_loadu_epi32(there, products[k] + c);
                __m256i column_norm = _mm256_maskz_loadu_epi32(there, known.norm + c);
                __mmask8 positive = _mm256_cmpgt_epi32_mask(product, _mm256_setzero_si256()) &
                                    _mm256_cmpgt_epi32_mask(column_norm, _mm256_setzero_si256());
                if (norm <= 0) positive = 0;
                __m512d length = _mm512_maskz_sqrt_pd(positive, _mm512_mul_pd(row_norm, _mm512_cvtepi32_pd(column_norm)));
                __m512d cosine =
                    _mm512_maskz_div_pd(positive, _mm512_mul_pd(_mm512_cvtepi32_pd(product), one), length);
                __m256i rounded = _mm512_cvttpd_epi32(_mm512_add_pd(_mm512_min_pd(cosine, one), half));
                _mm256_storeu_si256((__m256i *)(units + (r + k) * pitch + c), _mm256_maskz_mov_epi32(positive, rounded));
            }
        }
    }
}

/// One of 2, 4, 8 or 16 consecutive rows of a group for each tree, by the turns taken so far, the first first.
AVX512 ALMANAC_INLINE __m512i row_of_1(const int32_t *rows, const __mmask16 *turns) {
    (void)turns;
    return load(rows);
}
AVX512 ALMANAC_INLINE __m512i row_of_2(const int32_t *rows, const __mmask16 *turns) {
    return _mm512_mask_blend_epi32(turns[0], row_of_1(rows, turns + 1), row_of_1(rows + 1 * ALMANAC_TREE_GROUP, turns + 1));
}
AVX512 ALMANAC_INLINE __m512i row_of_4(const int32_t *rows, const __mmask16 *turns) {
    return _mm512_mask_blend_epi32(turns[0], row_of_2(rows, turns + 1), row_of_2(rows + 2 * ALMANAC_TREE_GROUP, turns + 1));
}
AVX512 ALMANAC_INLINE __m512i row_of_8(const int32_t *rows, const __mmask16 *turns) {
    return _mm512_mask_blend_epi32(turns[0], row_of_4(rows, turns + 1), row_of_4(rows + 4 * ALMANAC_TREE_GROUP, turns + 1));
}
AVX512 ALMANAC_INLINE __m512i row_of_16(const int32_t *rows, const __mmask16 *turns) {
    return _mm512_mask_blend_epi32(turns[0], row_of_8(rows, turns + 1), row_of_8(rows + 8 * ALMANAC_TREE_GROUP, turns + 1));
}

AVX512 int64_t almanac_avx512_score_trees(const int32_t *groups, size_t group_count, const int32_t *values) {
    const __m512i low = load(values), high = load(values + 16);
    __m512i total = _mm512_setzero_si512();
    for (size_t g = 0; g < group_count; g++, groups += ALMANAC_TREE_GROUP_SIZE) {
        __mmask16 turns[4];
#define TURN(level, first, row_of)                                                                                                \
    turns[level] = _mm512_cmpgt_epi32_mask(                                                                               \
        _mm512_permutex2var_epi32(                                                                                        \
            low, row_of(groups + (15 + first) * ALMANAC_TREE_GROUP, turns), high),                    \
        row_of(groups + (first)*ALMANAC_TREE_GROUP, turns))
        TURN(0, 0, row_of_1);
        TURN(1, 1, row_of_2);
        TURN(2, 3, row_of_4);
        TURN(3, 7, row_of_8);
#undef TURN
        total = _mm512_add_epi32(total, row_of_16(groups + 30 * ALMANAC_TREE_GROUP, turns));
    }
    int32_t sums[16];
    _mm512_storeu_si512(sums, total);
    int64_t score = 0;
    for (int i = 0; i < 16; i++) score += sums[i];
    return score;
}
#endif
