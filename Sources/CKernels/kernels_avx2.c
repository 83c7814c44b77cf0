/// The kernels for x86-64 with AVX2.
///
/// Inner products widen both sides to 16 bits and use `vpmaddwd`, exact for every int8. The byte instruction
/// `vpmaddubsw` would need |query| and a signed row, and goes wrong where both sides may be -128.
#include "kernels_private.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 ALMANAC_INLINE __m256i load(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }
AVX2 ALMANAC_INLINE __m256i load_wide(const int8_t *p) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p));
}
AVX2 ALMANAC_INLINE void store(void *p, __m256i value) { _mm256_storeu_si256((__m256i *)p, value); }

/// acc + products of two vectors of 16-bit components, summed in pairs.
AVX2 ALMANAC_INLINE __m256i add_products(__m256i acc, __m256i a, __m256i b) {
    return _mm256_add_epi32(acc, _mm256_madd_epi16(a, b));
}

/// The sums of all 8 elements of a, b, c and d.
AVX2 ALMANAC_INLINE __m128i sums_of_4(__m256i a, __m256i b, __m256i c, __m256i d) {
    __m256i ab = _mm256_add_epi32(_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
    __m256i cd = _mm256_add_epi32(_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
    __m256i lanes = _mm256_add_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
    return _mm_add_epi32(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
}

AVX2 static int32_t dot(const int8_t *a, const int8_t *b, size_t count) {
    __m256i s0 = _mm256_setzero_si256(), s1 = s0, s2 = s0, s3 = s0;
    for (size_t i = 0; i < count; i += 64) {
        s0 = add_products(s0, load_wide(a + i), load_wide(b + i));
        s1 = add_products(s1, load_wide(a + i + 16), load_wide(b + i + 16));
        s2 = add_products(s2, load_wide(a + i + 32), load_wide(b + i + 32));
        s3 = add_products(s3, load_wide(a + i + 48), load_wide(b + i + 48));
    }
    __m128i sums = sums_of_4(s0, s1, s2, s3);
    sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0xb1)));
}

AVX2 static void dot_rows(const int8_t *query, const int8_t *rows, size_t stride, size_t row_count, int32_t *out) {
    size_t r = 0;
    for (; r + 4 <= row_count; r += 4, rows += 4 * stride) {
        almanac_prefetch_ahead(rows, 4 * stride);
        __m256i s0 = _mm256_setzero_si256(), s1 = s0, s2 = s0, s3 = s0;
        for (size_t i = 0; i < stride; i += 16) {
            __m256i q = load_wide(query + i);
            s0 = add_products(s0, load_wide(rows + i), q);
            s1 = add_products(s1, load_wide(rows + stride + i), q);
            s2 = add_products(s2, load_wide(rows + 2 * stride + i), q);
            s3 = add_products(s3, load_wide(rows + 3 * stride + i), q);
        }
        _mm_storeu_si128((__m128i *)(out + r), sums_of_4(s0, s1, s2, s3));
    }
    for (; r < row_count; r++, rows += stride) out[r] = dot(query, rows, stride);
}

AVX2 static void dot_gather(const int8_t *query, const int8_t *const *rows, size_t stride, size_t row_count,
                            int32_t *dots, int32_t *squared_norms) {
    almanac_prefetch_first_rows(rows, stride, row_count);
    for (size_t r = 0; r < row_count; r++) {
        if (row_count - r > ALMANAC_GATHER_AHEAD) almanac_prefetch_row(rows[r + ALMANAC_GATHER_AHEAD], stride);
        __m256i d0 = _mm256_setzero_si256(), d1 = d0, n0 = d0, n1 = d0;
        for (size_t i = 0; i < stride; i += 32) {
            __m256i first = load_wide(rows[r] + i), second = load_wide(rows[r] + i + 16);
            d0 = add_products(d0, first, load_wide(query + i));
            d1 = add_products(d1, second, load_wide(query + i + 16));
            n0 = add_products(n0, first, first);
            n1 = add_products(n1, second, second);
        }
        __m128i sums = sums_of_4(d0, n0, d1, n1);
        sums = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4e));
        dots[r] = _mm_extract_epi32(sums, 0);
        squared_norms[r] = _mm_extract_epi32(sums, 1);
    }
}

AVX2 static void pool_row(int32_t *accumulator, const int8_t *row, uint32_t scale, size_t count) {
    const __m256i factor = _mm256_set1_epi32((int32_t)scale);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i wide = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(row + i)));
        store(accumulator + i, _mm256_add_epi32(load(accumulator + i), _mm256_mullo_epi32(wide, factor)));
    }
    almanac_kernels_portable.pool_row(accumulator + i, row + i, scale, count - i);
}

/// Four scaled components, rounded; the conversion uses the default rounding mode, half to even.
AVX2 ALMANAC_INLINE __m128i scaled_4(const int32_t *p, __m256d scale) {
    __m256d values = _mm256_cvtepi32_pd(_mm_loadu_si128((const __m128i *)p));
    return _mm256_cvtpd_epi32(_mm256_mul_pd(values, scale));
}

AVX2 static void quantize(const int32_t *accumulator, size_t count, int8_t *out) {
    const size_t whole = count & ~(size_t)15;
    // As unsigned numbers, the absolute value of INT32_MIN comes out right.
    __m256i largest = _mm256_setzero_si256();
    for (size_t i = 0; i < whole; i += 8) largest = _mm256_max_epu32(largest, _mm256_abs_epi32(load(accumulator + i)));
    __m128i most = _mm_max_epu32(_mm256_castsi256_si128(largest), _mm256_extracti128_si256(largest, 1));
    most = _mm_max_epu32(most, _mm_shuffle_epi32(most, 0x4e));
    most = _mm_max_epu32(most, _mm_shuffle_epi32(most, 0xb1));
    uint32_t maximum = (uint32_t)_mm_cvtsi128_si32(most);
    for (size_t i = whole; i < count; i++) {
        uint32_t magnitude = accumulator[i] < 0 ? 0u - (uint32_t)accumulator[i] : (uint32_t)accumulator[i];
        maximum = magnitude > maximum ? magnitude : maximum;
    }
    const double scale = 127.0 / (double)(maximum ? maximum : 1);
    const __m256d scales = _mm256_set1_pd(scale);
    for (size_t i = 0; i < whole; i += 16) {
        __m128i low = _mm_packs_epi32(scaled_4(accumulator + i, scales), scaled_4(accumulator + i + 4, scales));
        __m128i high = _mm_packs_epi32(scaled_4(accumulator + i + 8, scales), scaled_4(accumulator + i + 12, scales));
        _mm_storeu_si128((__m128i *)(out + i), _mm_packs_epi16(low, high));
    }
    for (size_t i = whole; i < count; i++) out[i] = (int8_t)almanac_round_half_even((double)accumulator[i] * scale);
}

AVX2 static void build_lookup(const int8_t *query, const int8_t *codebooks, size_t subquantizers, int32_t *tables) {
    for (size_t s = 0; s < subquantizers; s++, codebooks += 64) {
        int32_t four;
        __builtin_memcpy(&four, query + 4 * s, 4);
        __m256i q = _mm256_cvtepi8_epi16(_mm_set1_epi32(four));
        for (size_t c = 0; c < 16; c += 8) {
            __m256i first = _mm256_madd_epi16(load_wide(codebooks + 4 * c), q);
            __m256i second = _mm256_madd_epi16(load_wide(codebooks + 4 * c + 16), q);
            // hadd stays within lanes: centroids 0 1 4 5 | 2 3 6 7 need their middle quarters exchanged.
            __m256i sums = _mm256_permute4x64_epi64(_mm256_hadd_epi32(first, second), 0xd8);
            store(tables + 16 * s + c, sums);
        }
    }
}

/// The minima of four tables, in both lanes, every value xor `flip`. With all bits flipped the order of integers is
/// reversed, and the result is the maxima, flipped.
AVX2 ALMANAC_INLINE __m256i minima_of_4(const int32_t *tables, __m256i flip) {
    __m256i t[4];
    for (size_t i = 0; i < 4; i++) {
        __m256i first = _mm256_xor_si256(load(tables + 16 * i), flip);
        t[i] = _mm256_min_epi32(first, _mm256_xor_si256(load(tables + 16 * i + 8), flip));
    }
    __m256i ab = _mm256_min_epi32(_mm256_unpacklo_epi32(t[0], t[1]), _mm256_unpackhi_epi32(t[0], t[1]));
    __m256i cd = _mm256_min_epi32(_mm256_unpacklo_epi32(t[2], t[3]), _mm256_unpackhi_epi32(t[2], t[3]));
    __m256i all = _mm256_min_epi32(_mm256_unpacklo_epi64(ab, cd), _mm256_unpackhi_epi64(ab, cd));
    return _mm256_min_epi32(all, _mm256_permute4x64_epi64(all, 0x4e));
}

AVX2 static void quantize_lookup(const int32_t *tables, size_t subquantizers, uint8_t *bytes, int32_t *minimum_sum,
                                 uint32_t *shift) {
    int32_t minima[ALMANAC_MAX_SUBQUANTIZERS];
    uint32_t sum = 0, largest_range = 0;
    const __m256i none = _mm256_setzero_si256(), every = _mm256_set1_epi32(-1);
    __m256i ranges = none;
    size_t s = 0;
    for (; s + 4 <= subquantizers; s += 4) {
        const int32_t *t = tables + 16 * s;
        __m256i low = minima_of_4(t, none), high = _mm256_xor_si256(minima_of_4(t, every), every);
        ranges = _mm256_max_epu32(ranges, _mm256_sub_epi32(high, low));
        _mm_storeu_si128((__m128i *)(minima + s), _mm256_castsi256_si128(low));
    }
    uint32_t four[4];
    _mm_storeu_si128((__m128i *)four, _mm256_castsi256_si128(ranges));
    for (size_t i = 0; i < 4; i++) largest_range = four[i] > largest_range ? four[i] : largest_range;
    for (; s < subquantizers; s++) {
        int32_t low = tables[16 * s], high = low;
        for (size_t c = 1; c < 16; c++) {
            int32_t value = tables[16 * s + c];
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        uint32_t range = (uint32_t)high - (uint32_t)low;
        largest_range = range > largest_range ? range : largest_range;
        minima[s] = low;
    }
    const uint32_t s_shift = almanac_byte_shift(largest_range);
    const __m128i by = _mm_cvtsi32_si128((int32_t)s_shift);
    for (s = 0; s < subquantizers; s++) {
        const __m256i low = _mm256_set1_epi32(minima[s]);
        __m256i first = _mm256_srl_epi32(_mm256_sub_epi32(load(tables + 16 * s), low), by);
        __m256i second = _mm256_srl_epi32(_mm256_sub_epi32(load(tables + 16 * s + 8), low), by);
        // All values are at most 255, so packing saturates nothing.
        __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(first, second), 0xd8);
        __m128i packed = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
        _mm_storeu_si128((__m128i *)(bytes + 16 * s), packed);
        sum += (uint32_t)minima[s];
    }
    *minimum_sum = (int32_t)sum;
    *shift = s_shift;
}

/// Writes vectors 0…15 of a half block. `words` is the sum of looked-up bytes taken as 16-bit lanes, `odd` that of the
/// upper bytes alone; modulo 2^16 their difference leaves the lower bytes. The two lanes are the two sub-quantisers.
AVX2 ALMANAC_INLINE void store_half(uint16_t *sums, __m256i words, __m256i odd) {
    __m256i even = _mm256_sub_epi16(words, _mm256_slli_epi16(odd, 8));
    store(sums, _mm256_add_epi16(_mm256_permute2x128_si256(even, odd, 0x20), _mm256_permute2x128_si256(even, odd, 0x31)));
}

/// `blocks` is a constant where this is inlined; two fill the 16 registers.
AVX2 ALMANAC_INLINE void scan_some(const uint8_t *codes, size_t blocks, size_t block_stride, const uint8_t *lookup_bytes,
                                     size_t subquantizers, uint16_t *sums, const uint8_t *end) {
    const size_t block_bytes = 16 * subquantizers;
    const __m256i nibble = _mm256_set1_epi8(15);
    almanac_prefetch_until(codes, blocks * block_stride, end);
    __m256i low[2], low_odd[2], high[2], high_odd[2];
    for (size_t b = 0; b < blocks; b++) low[b] = low_odd[b] = high[b] = high_odd[b] = _mm256_setzero_si256();
    for (size_t i = 0; i < block_bytes; i += 32) {
        __m256i table = load(lookup_bytes + i);
        for (size_t b = 0; b < blocks; b++) {
            __m256i pair = load(codes + b * block_stride + i);
            __m256i first = _mm256_shuffle_epi8(table, _mm256_and_si256(pair, nibble));
            __m256i second = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(pair, 4), nibble));
            low[b] = _mm256_add_epi16(low[b], first);
            low_odd[b] = _mm256_add_epi16(low_odd[b], _mm256_srli_epi16(first, 8));
            high[b] = _mm256_add_epi16(high[b], second);
            high_odd[b] = _mm256_add_epi16(high_odd[b], _mm256_srli_epi16(second, 8));
        }
    }
    for (size_t b = 0; b < blocks; b++) {
        store_half(sums + 32 * b, low[b], low_odd[b]);
        store_half(sums + 32 * b + 16, high[b], high_odd[b]);
    }
}

AVX2 static void scan_blocks(const uint8_t *codes, size_t block_count, size_t block_stride,
                               const uint8_t *lookup_bytes, size_t subquantizers, uint16_t *sums) {
    const uint8_t *end = codes + block_count * block_stride;
    size_t b = 0;
    for (; b + 2 <= block_count; b += 2)
        scan_some(codes + b * block_stride, 2, block_stride, lookup_bytes, subquantizers, sums + 32 * b, end);
    if (b < block_count) scan_some(codes + b * block_stride, 1, block_stride, lookup_bytes, subquantizers, sums + 32 * b, end);
}

AVX2 ALMANAC_INLINE __m256i not_below(const uint16_t *sums, __m256i bound) {
    __m256i values = load(sums);
    return _mm256_cmpeq_epi16(_mm256_max_epu16(values, bound), values);
}

AVX2 static size_t select_above(const uint16_t *sums, size_t count, uint16_t threshold, uint32_t *positions) {
    const __m256i bound = _mm256_set1_epi16((int16_t)threshold);
    size_t selected = 0, i = 0;
    for (; i + 32 <= count; i += 32) {
        __m256i both = _mm256_packs_epi16(not_below(sums + i, bound), not_below(sums + i + 16, bound));
        uint32_t hits = (uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(both, 0xd8));
        for (; hits; hits &= hits - 1) positions[selected++] = (uint32_t)i + (uint32_t)__builtin_ctz(hits);
    }
    for (; i < count; i++) {
        positions[selected] = (uint32_t)i;
        selected += sums[i] >= threshold;
    }
    return selected;
}

ALMANAC_SELECTION(AVX2)

const almanac_kernels almanac_kernels_avx2 = {
    .level = ALMANAC_KERNELS_AVX2,
    .dot = dot,
    .dot_rows = dot_rows,
    .dot_gather = dot_gather,
    .pool_row = pool_row,
    .quantize = quantize,
    .encode_rows = almanac_avx2_encode_rows,
    .cosines = almanac_avx2_cosines,
    .score_trees = almanac_avx2_score_trees,
    .build_lookup = build_lookup,
    .quantize_lookup = quantize_lookup,
    .scan_blocks = scan_blocks,
    .select_above = select_above,
    .threshold = threshold,
    .raise = raise,
    .sort_keys = sort_keys,
    .narrow = narrow,
    .pack_block = almanac_portable_pack_block,
};
#endif
