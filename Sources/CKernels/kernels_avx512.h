/// What the kernels for AVX-512 share. Not part of the module.
#ifndef ALMANAC_KERNELS_AVX512_H
#define ALMANAC_KERNELS_AVX512_H

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,avx512vbmi")))

AVX512 ALMANAC_INLINE __m512i load(const void *p) { return _mm512_loadu_si512(p); }
AVX512 ALMANAC_INLINE __m512i top_bits(void) { return _mm512_set1_epi8((char)0x80); }
AVX512 ALMANAC_INLINE __m512i offset(__m512i bytes) { return _mm512_xor_si512(bytes, top_bits()); }

/// In each of the four 128-bit lanes: the sums of that lane of a, b, c and d.
AVX512 ALMANAC_INLINE __m512i lane_sums(__m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    return _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
}

/// The sums of all 16 elements of a, b, c and d.
AVX512 ALMANAC_INLINE __m128i sums_of_4(__m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i lanes = lane_sums(a, b, c, d);
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(lanes), _mm512_extracti64x4_epi64(lanes, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

#endif
