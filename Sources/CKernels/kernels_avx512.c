/// The kernels for x86-64 with AVX-512 F, BW, VL, VNNI and VBMI.
///
/// `vpdpbusd` multiplies unsigned by signed bytes and never saturates, so signed by signed goes through an offset: with
/// u = r + 128 (the top bit flipped), Σ u·q = Σ r·q + 128·Σ q. That is exact for -128 too, modulo 2^32.
#include "kernels_private.h"

#if defined(__x86_64__)
#include "kernels_avx512.h"

/// 128·Σ bytes, spread over the elements: what the offset adds to an inner product with `bytes`.
AVX512 ALMANAC_INLINE __m512i offset_share(const int8_t *bytes, size_t count) {
    __m512i share = _mm512_setzero_si512();
    for (size_t i = 0; i < count; i += 64) share = _mm512_dpbusd_epi32(share, top_bits(), load(bytes + i));
    return share;
}

AVX512 static int32_t dot(const int8_t *a, const int8_t *b, size_t count) {
    __m512i sum = _mm512_setzero_si512(), share = _mm512_setzero_si512();
    for (size_t i = 0; i < count; i += 64) {
        __m512i right = load(b + i);
        sum = _mm512_dpbusd_epi32(sum, offset(load(a + i)), right);
        share = _mm512_dpbusd_epi32(share, top_bits(), right);
    }
    return _mm512_reduce_add_epi32(_mm512_sub_epi32(sum, share));
}

AVX512 static void dot_rows(const int8_t *query, const int8_t *rows, size_t stride, size_t row_count, int32_t *out) {
    const __m512i start = _mm512_sub_epi32(_mm512_setzero_si512(), offset_share(query, stride));
    size_t r = 0;
    for (; r + 4 <= row_count; r += 4, rows += 4 * stride) {
        almanac_prefetch_ahead(rows, 4 * stride);
        __m512i s0 = start, s1 = start, s2 = start, s3 = start;
        for (size_t i = 0; i < stride; i += 64) {
            __m512i q = load(query + i);
            s0 = _mm512_dpbusd_epi32(s0, offset(load(rows + i)), q);
            s1 = _mm512_dpbusd_epi32(s1, offset(load(rows + stride + i)), q);
            s2 = _mm512_dpbusd_epi32(s2, offset(load(rows + 2 * stride + i)), q);
            s3 = _mm512_dpbusd_epi32(s3, offset(load(rows + 3 * stride + i)), q);
        }
        _mm_storeu_si128((__m128i *)(out + r), sums_of_4(s0, s1, s2, s3));
    }
    for (; r < row_count; r++, rows += stride) {
        __m512i sum = start;
        for (size_t i = 0; i < stride; i += 64) sum = _mm512_dpbusd_epi32(sum, offset(load(rows + i)), load(query + i));
        out[r] = _mm512_reduce_add_epi32(sum);
    }
}

AVX512 static void dot_gather(const int8_t *query, const int8_t *const *rows, size_t stride, size_t row_count,
                              int32_t *dots, int32_t *squared_norms) {
    const __m512i start = _mm512_sub_epi32(_mm512_setzero_si512(), offset_share(query, stride));
    almanac_prefetch_first_rows(rows, stride, row_count);
    for (size_t r = 0; r < row_count; r++) {
        if (row_count - r > ALMANAC_GATHER_AHEAD) almanac_prefetch_row(rows[r + ALMANAC_GATHER_AHEAD], stride);
        __m512i sum = start, squares = _mm512_setzero_si512(), share = _mm512_setzero_si512();
        for (size_t i = 0; i < stride; i += 64) {
            __m512i row = load(rows[r] + i), shifted = offset(row);
            sum = _mm512_dpbusd_epi32(sum, shifted, load(query + i));
            squares = _mm512_dpbusd_epi32(squares, shifted, row);
            share = _mm512_dpbusd_epi32(share, top_bits(), row);
        }
        __m128i both = sums_of_4(sum, _mm512_sub_epi32(squares, share), sum, sum);
        dots[r] = _mm_extract_epi32(both, 0);
        squared_norms[r] = _mm_extract_epi32(both, 1);
    }
}

AVX512 ALMANAC_INLINE __mmask16 first(size_t n) { return (__mmask16)((1u << n) - 1); }

AVX512 static void pool_row(int32_t *accumulator, const int8_t *row, uint32_t scale, size_t count) {
    const __m512i factor = _mm512_set1_epi32((int32_t)scale);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m512i wide = _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(row + i)));
        __m512i sum = _mm512_add_epi32(load(accumulator + i), _mm512_mullo_epi32(wide, factor));
        _mm512_storeu_si512(accumulator + i, sum);
    }
    if (i < count) {
        __mmask16 rest = first(count - i);
        __m512i wide = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(rest, row + i));
        __m512i sum = _mm512_add_epi32(_mm512_maskz_loadu_epi32(rest, accumulator + i), _mm512_mullo_epi32(wide, factor));
        _mm512_mask_storeu_epi32(accumulator + i, rest, sum);
    }
}

AVX512 ALMANAC_INLINE __m128i scaled_bytes(__m512i values, __m512d scale) {
    __m512d low = _mm512_mul_pd(_mm512_cvtepi32_pd(_mm512_castsi512_si256(values)), scale);
    __m512d high = _mm512_mul_pd(_mm512_cvtepi32_pd(_mm512_extracti64x4_epi64(values, 1)), scale);
    __m256i low_rounded = _mm512_cvt_roundpd_epi32(low, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256i high_rounded = _mm512_cvt_roundpd_epi32(high, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    return _mm512_cvtepi32_epi8(_mm512_inserti64x4(_mm512_castsi256_si512(low_rounded), high_rounded, 1));
}

AVX512 static void quantize(const int32_t *accumulator, size_t count, int8_t *out) {
    const size_t whole = count & ~(size_t)15;
    const __mmask16 rest = first(count - whole);
    // As unsigned numbers, the absolute value of INT32_MIN comes out right.
    __m512i largest = _mm512_abs_epi32(_mm512_maskz_loadu_epi32(rest, accumulator + whole));
    for (size_t i = 0; i < whole; i += 16) largest = _mm512_max_epu32(largest, _mm512_abs_epi32(load(accumulator + i)));
    uint32_t maximum = _mm512_reduce_max_epu32(largest);
    const __m512d scale = _mm512_set1_pd(127.0 / (double)(maximum ? maximum : 1));
    for (size_t i = 0; i < whole; i += 16)
        _mm_storeu_si128((__m128i *)(out + i), scaled_bytes(load(accumulator + i), scale));
    _mm_mask_storeu_epi8(out + whole, rest, scaled_bytes(_mm512_maskz_loadu_epi32(rest, accumulator + whole), scale));
}

AVX512 static void build_lookup(const int8_t *query, const int8_t *codebooks, size_t subquantizers, int32_t *tables) {
    for (size_t s = 0; s < subquantizers; s++) {
        int32_t four;
        __builtin_memcpy(&four, query + 4 * s, 4);
        __m512i q = _mm512_set1_epi32(four);
        __m512i share = _mm512_dpbusd_epi32(_mm512_setzero_si512(), top_bits(), q);
        __m512i sums = _mm512_dpbusd_epi32(_mm512_setzero_si512(), offset(load(codebooks + 64 * s)), q);
        _mm512_storeu_si512(tables + 16 * s, _mm512_sub_epi32(sums, share));
    }
}

/// In every lane: the minima of a, b, c and d over all their elements.
AVX512 ALMANAC_INLINE __m512i minima_of_4(__m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i ab = _mm512_min_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_min_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    __m512i all = _mm512_min_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    all = _mm512_min_epi32(all, _mm512_shuffle_i64x2(all, all, 0x4e));
    return _mm512_min_epi32(all, _mm512_shuffle_i64x2(all, all, 0xb1));
}

AVX512 ALMANAC_INLINE __m512i inverted(__m512i a) { return _mm512_ternarylogic_epi32(a, a, a, 0x55); }

AVX512 static void quantize_lookup(const int32_t *tables, size_t subquantizers, uint8_t *bytes, int32_t *minimum_sum,
                                   uint32_t *shift) {
    int32_t minima[ALMANAC_MAX_SUBQUANTIZERS];
    __m512i ranges = _mm512_setzero_si512(), sums = _mm512_setzero_si512();
    for (size_t s = 0; s < subquantizers; s += 4) {
        size_t here = subquantizers - s < 4 ? subquantizers - s : 4;
        const int32_t *t = tables + 16 * s;
        __m512i a = load(t);
        // A table repeated in place of one past the end leaves the largest range as it is.
        __m512i b = here > 1 ? load(t + 16) : a, c = here > 2 ? load(t + 32) : a, d = here > 3 ? load(t + 48) : a;
        __m512i low = minima_of_4(a, b, c, d);
        // Inverting the bits reverses the order of integers: the maximum is the inverted minimum of the inverted.
        __m512i high = inverted(minima_of_4(inverted(a), inverted(b), inverted(c), inverted(d)));
        ranges = _mm512_max_epu32(ranges, _mm512_sub_epi32(high, low));
        sums = _mm512_mask_add_epi32(sums, first(here), sums, low);
        _mm512_mask_storeu_epi32(minima + s, first(here), low);
    }
    uint32_t s_shift = almanac_byte_shift(_mm512_reduce_max_epu32(ranges));
    const __m128i by = _mm_cvtsi32_si128((int32_t)s_shift);
    for (size_t s = 0; s < subquantizers; s++) {
        __m512i above = _mm512_sub_epi32(load(tables + 16 * s), _mm512_set1_epi32(minima[s]));
        _mm_storeu_si128((__m128i *)(bytes + 16 * s), _mm512_cvtepi32_epi8(_mm512_srl_epi32(above, by)));
    }
    *minimum_sum = _mm512_reduce_add_epi32(sums);
    *shift = s_shift;
}

/// Byte 16·j + position(v) for element v, byte j: gathers the codes that one vector has in four sub-quantisers into one
/// 32-bit element, in vector order.
#define CODES_OF(v) (((v) < 8 ? 2 * (v) : 2 * (v) - 15) * 0x01010101 + 0x30201000)

/// Adds four sub-quantisers of one block. VBMI looks up in 64 bytes, that is, in four tables at once (bits 4 and 5 of the
/// index name the table), and since the four values of a vector are then neighbours, VNNI widens and adds them in one step.
AVX512 ALMANAC_INLINE void add_four(__m512i *low, __m512i *high, __m512i codes, __m512i table) {
    const __m512i by_vector = _mm512_setr_epi32(CODES_OF(0), CODES_OF(1), CODES_OF(2), CODES_OF(3), CODES_OF(4),
                                                CODES_OF(5), CODES_OF(6), CODES_OF(7), CODES_OF(8), CODES_OF(9),
                                                CODES_OF(10), CODES_OF(11), CODES_OF(12), CODES_OF(13), CODES_OF(14),
                                                CODES_OF(15));
    const __m512i table_number = _mm512_set1_epi32(0x30201000), nibble = _mm512_set1_epi8(15);
    const __m512i ones = _mm512_set1_epi8(1);
    __m512i mine = _mm512_permutexvar_epi8(by_vector, codes);
    // Truth table 0xea: (first & second) | third.
    __m512i low_index = _mm512_ternarylogic_epi32(mine, nibble, table_number, 0xea);
    __m512i high_index = _mm512_ternarylogic_epi32(_mm512_srli_epi16(mine, 4), nibble, table_number, 0xea);
    *low = _mm512_dpbusd_epi32(*low, _mm512_permutexvar_epi8(low_index, table), ones);
    *high = _mm512_dpbusd_epi32(*high, _mm512_permutexvar_epi8(high_index, table), ones);
}

/// `blocks` is a constant where this is inlined: the loops over it unroll, and the sums live in registers. Two hide the
/// latency of the additions; four read memory in more streams and were slower.
AVX512 ALMANAC_INLINE void scan_some(const uint8_t *codes, size_t blocks, size_t block_stride, const uint8_t *lookup_bytes,
                                     size_t subquantizers, uint16_t *sums, const uint8_t *end) {
    const size_t block_bytes = 16 * subquantizers, whole = block_bytes & ~(size_t)63;
    almanac_prefetch_until(codes, blocks * block_stride, end);
    __m512i low[2], high[2];
    for (size_t b = 0; b < blocks; b++) low[b] = high[b] = _mm512_setzero_si512();
    for (size_t i = 0; i < whole; i += 64) {
        __m512i table = load(lookup_bytes + i);
        for (size_t b = 0; b < blocks; b++) add_four(&low[b], &high[b], load(codes + b * block_stride + i), table);
    }
    if (whole < block_bytes) {
        // A last pair alone: the two tables not there are read as zeros and add nothing.
        __m512i table = _mm512_zextsi256_si512(_mm256_loadu_si256((const __m256i *)(lookup_bytes + whole)));
        for (size_t b = 0; b < blocks; b++) {
            const __m256i *pair = (const __m256i *)(codes + b * block_stride + whole);
            add_four(&low[b], &high[b], _mm512_zextsi256_si512(_mm256_loadu_si256(pair)), table);
        }
    }
    for (size_t b = 0; b < blocks; b++) {
        _mm256_storeu_si256((__m256i *)(sums + 32 * b), _mm512_cvtepi32_epi16(low[b]));
        _mm256_storeu_si256((__m256i *)(sums + 32 * b + 16), _mm512_cvtepi32_epi16(high[b]));
    }
}

AVX512 static void scan_blocks(const uint8_t *codes, size_t block_count, size_t block_stride,
                               const uint8_t *lookup_bytes, size_t subquantizers, uint16_t *sums) {
    const uint8_t *end = codes + block_count * block_stride;
    size_t b = 0;
    for (; b + 2 <= block_count; b += 2)
        scan_some(codes + b * block_stride, 2, block_stride, lookup_bytes, subquantizers, sums + 32 * b, end);
    if (b < block_count) scan_some(codes + b * block_stride, 1, block_stride, lookup_bytes, subquantizers, sums + 32 * b, end);
}

AVX512 static size_t select_above(const uint16_t *sums, size_t count, uint16_t threshold, uint32_t *positions) {
    const __m512i bound = _mm512_set1_epi16((int16_t)threshold), step = _mm512_set1_epi32(16);
    __m512i here = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t selected = 0, i = 0;
    for (; i + 32 <= count; i += 32) {
        __mmask32 hits = _mm512_cmpge_epu16_mask(load(sums + i), bound);
        __m512i after = _mm512_add_epi32(here, step);
        // Compressed in a register and stored whole: Zen 4 takes a hundred cycles to compress into memory. The store stays
        // inside `positions`, because selected ≤ i. Without a branch, since whether there are hits is hard to foresee.
        _mm512_storeu_si512(positions + selected, _mm512_maskz_compress_epi32((__mmask16)hits, here));
        selected += (size_t)__builtin_popcount((__mmask16)hits);
        _mm512_storeu_si512(positions + selected, _mm512_maskz_compress_epi32((__mmask16)(hits >> 16), after));
        selected += (size_t)__builtin_popcount(hits >> 16);
        here = _mm512_add_epi32(after, step);
    }
    for (; i < count; i++) {
        positions[selected] = (uint32_t)i;
        selected += sums[i] >= threshold;
    }
    return selected;
}

ALMANAC_SELECTION(AVX512)

const almanac_kernels almanac_kernels_avx512 = {
    .level = ALMANAC_KERNELS_AVX512,
    .dot = dot,
    .dot_rows = dot_rows,
    .dot_gather = dot_gather,
    .pool_row = pool_row,
    .quantize = quantize,
    .encode_rows = almanac_avx512_encode_rows,
    .cosines = almanac_avx512_cosines,
    .score_trees = almanac_avx512_score_trees,
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
