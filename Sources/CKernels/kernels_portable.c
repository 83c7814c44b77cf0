/// The kernels in plain C: the reference for all other levels, and what runs where none of them fits.
/// Sums are kept in unsigned integers, whose wrap-around is defined.
#include "kernels_private.h"

static int32_t dot(const int8_t *a, const int8_t *b, size_t count) {
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += (uint32_t)((int32_t)a[i] * b[i]);
    return (int32_t)sum;
}

static void dot_rows(const int8_t *query, const int8_t *rows, size_t stride, size_t row_count, int32_t *out) {
    for (size_t r = 0; r < row_count; r++) out[r] = dot(query, rows + r * stride, stride);
}

static void dot_gather(const int8_t *query, const int8_t *const *rows, size_t stride, size_t row_count, int32_t *dots,
                       int32_t *squared_norms) {
    almanac_prefetch_first_rows(rows, stride, row_count);
    for (size_t r = 0; r < row_count; r++) {
        if (row_count - r > ALMANAC_GATHER_AHEAD) almanac_prefetch_row(rows[r + ALMANAC_GATHER_AHEAD], stride);
        dots[r] = dot(query, rows[r], stride);
        squared_norms[r] = dot(rows[r], rows[r], stride);
    }
}

static void pool_row(int32_t *accumulator, const int8_t *row, uint32_t scale, size_t count) {
    for (size_t i = 0; i < count; i++)
        accumulator[i] = (int32_t)((uint32_t)accumulator[i] + scale * (uint32_t)(int32_t)row[i]);
}

static void quantize(const int32_t *accumulator, size_t count, int8_t *out) {
    uint32_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t value = (uint32_t)accumulator[i];
        uint32_t magnitude = accumulator[i] < 0 ? 0u - value : value;
        largest = magnitude > largest ? magnitude : largest;
    }
    // With a maximum of 0 every component is 0, and any finite scale gives the zeros wanted.
    double scale = 127.0 / (double)(largest ? largest : 1);
    for (size_t i = 0; i < count; i++) {
        double scaled = (double)accumulator[i] * scale;
        out[i] = (int8_t)almanac_round_half_even(scaled);
    }
}

static void build_lookup(const int8_t *query, const int8_t *codebooks, size_t subquantizers, int32_t *tables) {
    for (size_t s = 0; s < subquantizers; s++, query += 4)
        for (size_t c = 0; c < 16; c++, codebooks += 4)
            tables[16 * s + c] = (int32_t)query[0] * codebooks[0] + (int32_t)query[1] * codebooks[1] +
                                 (int32_t)query[2] * codebooks[2] + (int32_t)query[3] * codebooks[3];
}

static void quantize_lookup(const int32_t *tables, size_t subquantizers, uint8_t *bytes, int32_t *minimum_sum,
                            uint32_t *shift) {
    int32_t minima[ALMANAC_MAX_SUBQUANTIZERS];
    uint32_t sum = 0, largest_range = 0;
    for (size_t s = 0; s < subquantizers; s++) {
        int32_t low = tables[16 * s], high = low;
        for (size_t c = 1; c < 16; c++) {
            int32_t value = tables[16 * s + c];
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        uint32_t range = (uint32_t)high - (uint32_t)low;
        largest_range = range > largest_range ? range : largest_range;
        minima[s] = low;
        sum += (uint32_t)low;
    }
    uint32_t s_shift = almanac_byte_shift(largest_range);
    for (size_t s = 0; s < subquantizers; s++)
        for (size_t c = 0; c < 16; c++)
            bytes[16 * s + c] = (uint8_t)(((uint32_t)tables[16 * s + c] - (uint32_t)minima[s]) >> s_shift);
    *minimum_sum = (int32_t)sum;
    *shift = s_shift;
}

/// Byte position, within a half, of vectors v and 16 + v: the inverse of the order in kernels.h.
ALMANAC_INLINE size_t position_of(size_t v) { return v < 8 ? 2 * v : 2 * (v - 8) + 1; }

static void scan_blocks(const uint8_t *codes, size_t block_count, size_t block_stride, const uint8_t *lookup_bytes,
                        size_t subquantizers, uint16_t *sums) {
    for (size_t b = 0; b < block_count; b++, codes += block_stride, sums += 32) {
        uint16_t low[16] = {0}, high[16] = {0};
        for (size_t s = 0; s < subquantizers; s++) {
            const uint8_t *table = lookup_bytes + 16 * s;
            const uint8_t *half = codes + 16 * s;
            for (size_t k = 0; k < 16; k++) {
                low[k] = (uint16_t)(low[k] + table[half[k] & 15]);
                high[k] = (uint16_t)(high[k] + table[half[k] >> 4]);
            }
        }
        for (size_t v = 0; v < 16; v++) {
            sums[v] = low[position_of(v)];
            sums[16 + v] = high[position_of(v)];
        }
    }
}

static size_t select_above(const uint16_t *sums, size_t count, uint16_t threshold, uint32_t *positions) {
    size_t selected = 0;
    for (size_t i = 0; i < count; i++) {
        // Written whether wanted or not: a branch here would be mispredicted at every hit.
        positions[selected] = (uint32_t)i;
        selected += sums[i] >= threshold;
    }
    return selected;
}

void almanac_portable_pack_block(const uint8_t *codes, size_t subquantizers, uint8_t *out) {
    for (size_t s = 0; s < subquantizers; s++)
        for (size_t v = 0; v < 16; v++) {
            uint8_t low = codes[v * subquantizers + s] & 15;
            uint8_t high = codes[(16 + v) * subquantizers + s] & 15;
            out[16 * s + position_of(v)] = (uint8_t)(low | high << 4);
        }
}

ALMANAC_SELECTION()

const almanac_kernels almanac_kernels_portable = {
    .level = ALMANAC_KERNELS_PORTABLE,
    .dot = dot,
    .dot_rows = dot_rows,
    .dot_gather = dot_gather,
    .pool_row = pool_row,
    .quantize = quantize,
    .encode_rows = almanac_portable_encode_rows,
    .cosines = almanac_portable_cosines,
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
