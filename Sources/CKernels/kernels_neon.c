/// The kernels for AArch64. Only the baseline instruction set: asking for the dot-product extension takes a libc call, and
/// reading the identification registers is not legal under every kernel.
#include "kernels_private.h"

#if defined(__aarch64__)
#include <arm_neon.h>

/// acc + products of 16 components. Each product (at most 2^14) fits 16 bits, two of -128·-128 would not: hence no vmlal.
ALMANAC_INLINE int32x4_t add_products(int32x4_t acc, int8x16_t a, int8x16_t b) {
    acc = vpadalq_s16(acc, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
    return vpadalq_s16(acc, vmull_high_s8(a, b));
}

static int32_t dot(const int8_t *a, const int8_t *b, size_t count) {
    int32x4_t s0 = vdupq_n_s32(0), s1 = s0, s2 = s0, s3 = s0;
    for (size_t i = 0; i < count; i += 64) {
        s0 = add_products(s0, vld1q_s8(a + i), vld1q_s8(b + i));
        s1 = add_products(s1, vld1q_s8(a + i + 16), vld1q_s8(b + i + 16));
        s2 = add_products(s2, vld1q_s8(a + i + 32), vld1q_s8(b + i + 32));
        s3 = add_products(s3, vld1q_s8(a + i + 48), vld1q_s8(b + i + 48));
    }
    return vaddvq_s32(vaddq_s32(vaddq_s32(s0, s1), vaddq_s32(s2, s3)));
}

static void dot_rows(const int8_t *query, const int8_t *rows, size_t stride, size_t row_count, int32_t *out) {
    size_t r = 0;
    for (; r + 4 <= row_count; r += 4, rows += 4 * stride) {
        almanac_prefetch_ahead(rows, 4 * stride);
        int32x4_t s0 = vdupq_n_s32(0), s1 = s0, s2 = s0, s3 = s0;
        for (size_t i = 0; i < stride; i += 16) {
            int8x16_t q = vld1q_s8(query + i);
            s0 = add_products(s0, vld1q_s8(rows + i), q);
            s1 = add_products(s1, vld1q_s8(rows + stride + i), q);
            s2 = add_products(s2, vld1q_s8(rows + 2 * stride + i), q);
            s3 = add_products(s3, vld1q_s8(rows + 3 * stride + i), q);
        }
        vst1q_s32(out + r, vpaddq_s32(vpaddq_s32(s0, s1), vpaddq_s32(s2, s3)));
    }
    for (; r < row_count; r++, rows += stride) out[r] = dot(query, rows, stride);
}

static void dot_gather(const int8_t *query, const int8_t *const *rows, size_t stride, size_t row_count, int32_t *dots,
                       int32_t *squared_norms) {
    almanac_prefetch_first_rows(rows, stride, row_count);
    for (size_t r = 0; r < row_count; r++) {
        if (row_count - r > ALMANAC_GATHER_AHEAD) almanac_prefetch_row(rows[r + ALMANAC_GATHER_AHEAD], stride);
        int32x4_t d0 = vdupq_n_s32(0), d1 = d0, n0 = d0, n1 = d0;
        for (size_t i = 0; i < stride; i += 32) {
            int8x16_t first = vld1q_s8(rows[r] + i), second = vld1q_s8(rows[r] + i + 16);
            d0 = add_products(d0, first, vld1q_s8(query + i));
            d1 = add_products(d1, second, vld1q_s8(query + i + 16));
            n0 = add_products(n0, first, first);
            n1 = add_products(n1, second, second);
        }
        dots[r] = vaddvq_s32(vaddq_s32(d0, d1));
        squared_norms[r] = vaddvq_s32(vaddq_s32(n0, n1));
    }
}

static void pool_row(int32_t *accumulator, const int8_t *row, uint32_t scale, size_t count) {
    const int32x4_t factor = vdupq_n_s32((int32_t)scale);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        int16x8_t wide = vmovl_s8(vld1_s8(row + i));
        int32x4_t low = vmovl_s16(vget_low_s16(wide)), high = vmovl_high_s16(wide);
        vst1q_s32(accumulator + i, vmlaq_s32(vld1q_s32(accumulator + i), low, factor));
        vst1q_s32(accumulator + i + 4, vmlaq_s32(vld1q_s32(accumulator + i + 4), high, factor));
    }
    almanac_kernels_portable.pool_row(accumulator + i, row + i, scale, count - i);
}

/// Four scaled components, rounded half to even whatever the rounding mode.
ALMANAC_INLINE int16x4_t scaled_4(const int32_t *p, float64x2_t scale) {
    int32x4_t values = vld1q_s32(p);
    float64x2_t low = vmulq_f64(vcvtq_f64_s64(vmovl_s32(vget_low_s32(values))), scale);
    float64x2_t high = vmulq_f64(vcvtq_f64_s64(vmovl_high_s32(values)), scale);
    return vmovn_s32(vcombine_s32(vmovn_s64(vcvtnq_s64_f64(low)), vmovn_s64(vcvtnq_s64_f64(high))));
}

static void quantize(const int32_t *accumulator, size_t count, int8_t *out) {
    const size_t whole = count & ~(size_t)7;
    // As unsigned numbers, the absolute value of INT32_MIN comes out right.
    uint32x4_t largest = vdupq_n_u32(0);
    for (size_t i = 0; i < whole; i += 4)
        largest = vmaxq_u32(largest, vreinterpretq_u32_s32(vabsq_s32(vld1q_s32(accumulator + i))));
    uint32_t maximum = vmaxvq_u32(largest);
    for (size_t i = whole; i < count; i++) {
        uint32_t magnitude = accumulator[i] < 0 ? 0u - (uint32_t)accumulator[i] : (uint32_t)accumulator[i];
        maximum = magnitude > maximum ? magnitude : maximum;
    }
    const double scale = 127.0 / (double)(maximum ? maximum : 1);
    const float64x2_t scales = vdupq_n_f64(scale);
    for (size_t i = 0; i < whole; i += 8) {
        int16x8_t words = vcombine_s16(scaled_4(accumulator + i, scales), scaled_4(accumulator + i + 4, scales));
        vst1_s8(out + i, vmovn_s16(words));
    }
    for (size_t i = whole; i < count; i++) {
        double scaled = (double)accumulator[i] * scale;
        out[i] = (int8_t)almanac_round_half_even(scaled);
    }
}

static void build_lookup(const int8_t *query, const int8_t *codebooks, size_t subquantizers, int32_t *tables) {
    for (size_t s = 0; s < subquantizers; s++, query += 4, tables += 16) {
        const int8x16x4_t by_dimension = vld4q_s8(codebooks + 64 * s);
        for (int half = 0; half < 2; half++) {
            int16x8_t products[4];
            for (int j = 0; j < 4; j++) {
                int8x16_t all = by_dimension.val[j];
                products[j] = vmull_s8(half ? vget_high_s8(all) : vget_low_s8(all), vdup_n_s8(query[j]));
            }
            int32x4_t low = vaddl_s16(vget_low_s16(products[0]), vget_low_s16(products[1]));
            low = vaddw_s16(vaddw_s16(low, vget_low_s16(products[2])), vget_low_s16(products[3]));
            int32x4_t high = vaddl_high_s16(products[0], products[1]);
            high = vaddw_high_s16(vaddw_high_s16(high, products[2]), products[3]);
            vst1q_s32(tables + 8 * half, low);
            vst1q_s32(tables + 8 * half + 4, high);
        }
    }
}

static void quantize_lookup(const int32_t *tables, size_t subquantizers, uint8_t *bytes, int32_t *minimum_sum,
                            uint32_t *shift) {
    int32_t minima[ALMANAC_MAX_SUBQUANTIZERS];
    uint32_t sum = 0, largest_range = 0;
    for (size_t s = 0; s < subquantizers; s++) {
        const int32_t *t = tables + 16 * s;
        int32x4_t a = vld1q_s32(t), b = vld1q_s32(t + 4), c = vld1q_s32(t + 8), d = vld1q_s32(t + 12);
        int32_t low = vminvq_s32(vminq_s32(vminq_s32(a, b), vminq_s32(c, d)));
        int32_t high = vmaxvq_s32(vmaxq_s32(vmaxq_s32(a, b), vmaxq_s32(c, d)));
        uint32_t range = (uint32_t)high - (uint32_t)low;
        largest_range = range > largest_range ? range : largest_range;
        minima[s] = low;
        sum += (uint32_t)low;
    }
    const uint32_t s_shift = almanac_byte_shift(largest_range);
    const int32x4_t right = vdupq_n_s32(-(int32_t)s_shift);
    for (size_t s = 0; s < subquantizers; s++) {
        const uint32x4_t low = vdupq_n_u32((uint32_t)minima[s]);
        uint16x4_t words[4];
        for (int i = 0; i < 4; i++) {
            uint32x4_t values = vreinterpretq_u32_s32(vld1q_s32(tables + 16 * s + 4 * (size_t)i));
            words[i] = vmovn_u32(vshlq_u32(vsubq_u32(values, low), right));
        }
        uint8x8_t first = vmovn_u16(vcombine_u16(words[0], words[1]));
        uint8x8_t second = vmovn_u16(vcombine_u16(words[2], words[3]));
        vst1q_u8(bytes + 16 * s, vcombine_u8(first, second));
    }
    *minimum_sum = (int32_t)sum;
    *shift = s_shift;
}

/// Positions 0…7 and 8…15 of a half hold vectors in the order 0,8,1,9,…: even positions are vectors 0…7.
ALMANAC_INLINE void store_half(uint16_t *sums, uint16x8_t first, uint16x8_t second) {
    vst1q_u16(sums, vuzp1q_u16(first, second));
    vst1q_u16(sums + 8, vuzp2q_u16(first, second));
}

static void scan_blocks(const uint8_t *codes, size_t block_count, size_t block_stride, const uint8_t *lookup_bytes,
                        size_t subquantizers, uint16_t *sums) {
    const uint8_t *end = codes + block_count * block_stride;
    const uint8x16_t nibble = vdupq_n_u8(15);
    for (size_t b = 0; b < block_count; b++, codes += block_stride, sums += 32) {
        almanac_prefetch_until(codes, block_stride, end);
        uint16x8_t low0 = vdupq_n_u16(0), low1 = low0, high0 = low0, high1 = low0;
        for (size_t i = 0; i < 16 * subquantizers; i += 16) {
            uint8x16_t half = vld1q_u8(codes + i), table = vld1q_u8(lookup_bytes + i);
            uint8x16_t first = vqtbl1q_u8(table, vandq_u8(half, nibble));
            uint8x16_t second = vqtbl1q_u8(table, vshrq_n_u8(half, 4));
            low0 = vaddw_u8(low0, vget_low_u8(first));
            low1 = vaddw_high_u8(low1, first);
            high0 = vaddw_u8(high0, vget_low_u8(second));
            high1 = vaddw_high_u8(high1, second);
        }
        store_half(sums, low0, low1);
        store_half(sums + 16, high0, high1);
    }
}

static size_t select_above(const uint16_t *sums, size_t count, uint16_t threshold, uint32_t *positions) {
    size_t selected = 0;
    for (size_t i = 0; i < count;) {
        size_t end = count - i < 16 ? count : i + 16;
        if (end - i == 16) {
            uint16x8_t largest = vmaxq_u16(vld1q_u16(sums + i), vld1q_u16(sums + i + 8));
            if (vmaxvq_u16(largest) < threshold) i = end;
        }
        for (; i < end; i++) {
            positions[selected] = (uint32_t)i;
            selected += sums[i] >= threshold;
        }
    }
    return selected;
}

ALMANAC_SELECTION()

const almanac_kernels almanac_kernels_neon = {
    .level = ALMANAC_KERNELS_NEON,
    .dot = dot,
    .dot_rows = dot_rows,
    .dot_gather = dot_gather,
    .pool_row = pool_row,
    .quantize = quantize,
    .encode_rows = almanac_neon_encode_rows,
    .cosines = almanac_neon_cosines,
    .score_trees = almanac_portable_score_trees,
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
