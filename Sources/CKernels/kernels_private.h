/// What the kernel files share. Not part of the module.
#ifndef ALMANAC_KERNELS_PRIVATE_H
#define ALMANAC_KERNELS_PRIVATE_H

#include "kernels.h"

// SwiftPM passes no -ffp-contract=off to C targets, and the AVX-512 target implies FMA: a fused multiply-add would round
// once where the portable path rounds twice.
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

#define ALMANAC_INLINE static inline __attribute__((always_inline))

#if defined(__GNUC__)
#pragma GCC visibility push(hidden)
#endif

extern const almanac_kernels almanac_kernels_portable;
#if defined(__x86_64__)
extern const almanac_kernels almanac_kernels_avx2;
extern const almanac_kernels almanac_kernels_avx512;
#elif defined(__aarch64__)
extern const almanac_kernels almanac_kernels_neon;
#endif

void almanac_portable_pack_block(const uint8_t *codes, size_t subquantizers, uint8_t *out);

/// Declares the judge's kernels of one level.
#define ALMANAC_JUDGE_KERNELS(level)                                                                                      \
    void almanac_##level##_encode_rows(const int8_t *const *rows, const uint16_t *scales, size_t row_count,               \
                                       size_t stride, int32_t *sums, int8_t *out);                                        \
    void almanac_##level##_cosines(const int8_t *const *rows, size_t row_count, const int8_t *const *columns,             \
                                   size_t column_count, size_t stride, size_t pitch, int32_t *units);                     \
    int64_t almanac_##level##_score_trees(const int32_t *groups, size_t group_count, const int32_t *values)

ALMANAC_JUDGE_KERNELS(portable);
#if defined(__x86_64__)
ALMANAC_JUDGE_KERNELS(avx2);
ALMANAC_JUDGE_KERNELS(avx512);
#elif defined(__aarch64__)
ALMANAC_JUDGE_KERNELS(neon);
#endif

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

/// Rows prefetched ahead of the one in work by `dot_gather`. Of 4 to 32 rows of 384 bytes, 16 and 24 were fastest from
/// memory (Zen 5: 14-27 ns a row where 4 ahead took 33-54); fewer leave the memory idle, more help no further.
#define ALMANAC_GATHER_AHEAD 16

/// Distance of `almanac_prefetch_ahead`: one page. The processor's own prefetcher stops at page boundaries, and bundles are
/// mapped in small pages. Without it AVX2 read rows at 12 GB/s instead of 30.
#define ALMANAC_STREAM_AHEAD 4096

/// To be called with each piece of memory as a sequential scan comes to it. Near the end it names addresses past the
/// data, which a prefetch may do; as integers, since a pointer may not.
ALMANAC_INLINE void almanac_prefetch_ahead(const void *piece, size_t size) {
    uintptr_t start = (uintptr_t)piece + ALMANAC_STREAM_AHEAD;
    for (size_t i = 0; i < size; i += 64) __builtin_prefetch((const void *)(start + i), 0, 3);
}

ALMANAC_INLINE void almanac_prefetch_row(const int8_t *row, size_t stride) {
    for (size_t i = 0; i < stride; i += 64) __builtin_prefetch(row + i, 0, 3);
}

ALMANAC_INLINE void almanac_prefetch_first_rows(const int8_t *const *rows, size_t stride, size_t row_count) {
    for (size_t r = 0; r < row_count && r < ALMANAC_GATHER_AHEAD; r++) almanac_prefetch_row(rows[r], stride);
}

/// As above, for pieces of a scan that ends at `end`: lists of codes are short, and what lies behind one is rarely read next.
ALMANAC_INLINE void almanac_prefetch_until(const void *piece, size_t size, const void *end) {
    if ((uintptr_t)piece + ALMANAC_STREAM_AHEAD < (uintptr_t)end) almanac_prefetch_ahead(piece, size);
}

// Plain loops that every compiler vectorises for the instruction set of the function they are inlined into.

/// How many of `values` are at least `bound`.
ALMANAC_INLINE size_t almanac_count_from(const uint16_t *values, size_t count, uint16_t bound) {
    size_t i = 0, total = 0;
    while (i < count) {
        // The partial count has 16 bits, like the values, so that one register counts as many lanes as it compares.
        size_t end = count - i > 32768 ? i + 32768 : count;
        uint16_t part = 0;
        for (; i < end; i++) part = (uint16_t)(part + (values[i] >= bound));
        total += part;
    }
    return total;
}

/// See `threshold` in kernels.h. Finds the bits of the answer from the highest on.
ALMANAC_INLINE uint16_t almanac_threshold(const uint16_t *values, size_t count, size_t wanted) {
    uint16_t found = 0;
    for (int bit = 15; bit >= 0; bit--) {
        uint16_t next = (uint16_t)(found | 1u << bit);
        if (almanac_count_from(values, count, next) >= wanted) found = next;
    }
    return found;
}

/// See `raise` in kernels.h.
ALMANAC_INLINE uint16_t almanac_raise(uint16_t *values, size_t count, uint16_t by) {
    uint16_t greatest = 0;
    for (size_t i = 0; i < count; i++) {
        uint16_t sum = (uint16_t)(values[i] + by);
        sum = sum < by ? UINT16_MAX : sum;
        greatest = greatest < sum ? sum : greatest;
        values[i] = sum;
    }
    return greatest;
}

/// How many keys are sorted by counting, and how many at most are dealt into parts before, which takes room on the stack.
#define ALMANAC_COUNTED_KEYS 64
#define ALMANAC_DEALT_KEYS 1024
/// Into how many parts keys are dealt at most.
#define ALMANAC_DEALT_PARTS 32

/// Sorts by counting for each key how many are greater: count² comparisons without a branch on data.
ALMANAC_INLINE void almanac_count_sort(const uint64_t *keys, size_t count, uint64_t *sorted) {
    for (size_t i = 0; i < count; i++) {
        uint64_t key = keys[i], before = 0;
        for (size_t j = 0; j < i; j++) before += keys[j] >= key;
        for (size_t j = i; j < count; j++) before += keys[j] > key;
        sorted[before] = key;
    }
}

/// Eight keys, which compilers spread over as many registers as they take.
typedef uint64_t almanac_keys8 __attribute__((vector_size(64)));

/// The same for at most ALMANAC_COUNTED_KEYS, eight at once. False, and nothing sorted, if two of them are equal.
ALMANAC_INLINE int almanac_count_sort_distinct(const uint64_t *keys, size_t count, uint64_t *sorted) {
    uint64_t padded[ALMANAC_COUNTED_KEYS], before[ALMANAC_COUNTED_KEYS], sum = 0;
    for (size_t i = 0; i < count; i++) padded[i] = keys[i];
    for (size_t i = count; i % 8 != 0; i++) padded[i] = 0;
    for (size_t first = 0; first < count; first += 8) {
        almanac_keys8 these, greater = {0};
        __builtin_memcpy(&these, padded + first, sizeof these);
        for (size_t i = 0; i < count; i++) greater -= (almanac_keys8)(padded[i] > these);
        __builtin_memcpy(before + first, &greater, sizeof greater);
    }
    for (size_t i = 0; i < count; i++) {
        sum += before[i];
        sorted[before[i]] = keys[i];
    }
    // Equal keys count the same place, and leave the next one out.
    return 2 * sum == count * (count - (count > 0));
}

/// See `sort_keys` in kernels.h. Deals keys into parts of equal width between the greatest and the least, and sorts each part.
ALMANAC_INLINE void almanac_sort_keys(const uint64_t *keys, size_t count, uint64_t *sorted) {
    uint64_t dealt[ALMANAC_DEALT_KEYS];
    size_t end[ALMANAC_DEALT_PARTS + 1] = {count}, parts = 1;
    if (count > ALMANAC_COUNTED_KEYS && count <= ALMANAC_DEALT_KEYS) {
        uint64_t least = keys[0], greatest = keys[0];
        for (size_t i = 1; i < count; i++) {
            least = keys[i] < least ? keys[i] : least;
            greatest = keys[i] > greatest ? keys[i] : greatest;
        }
        uint32_t shift = 0;
        while ((greatest - least) >> shift > UINT16_MAX) shift++;
        // Distances to the greatest have 16 bits then, and each of them times the scale has a part in its upper bits.
        parts = count / 8 < ALMANAC_DEALT_PARTS ? count / 8 : ALMANAC_DEALT_PARTS;
        const uint32_t scale = ((uint32_t)parts << 16) / ((uint32_t)((greatest - least) >> shift) + 1);
        uint8_t part[ALMANAC_DEALT_KEYS];
        for (size_t i = 0; i < count; i++) part[i] = (uint8_t)((uint32_t)((greatest - keys[i]) >> shift) * scale >> 16);
        end[0] = 0;
        for (size_t i = 0; i < count; i++) end[part[i] + 1]++;
        for (size_t i = 1; i < parts; i++) end[i] += end[i - 1];
        for (size_t i = 0; i < count; i++) dealt[end[part[i]]++] = keys[i];
        keys = dealt;
    }
    size_t first = 0;
    for (size_t i = 0; i < parts; i++) {
        const size_t size = end[i] - first;
        if (size > ALMANAC_COUNTED_KEYS || !almanac_count_sort_distinct(keys + first, size, sorted + first))
            almanac_count_sort(keys + first, size, sorted + first);
        first = end[i];
    }
}

/// See `narrow` in kernels.h.
ALMANAC_INLINE void almanac_narrow(const int32_t *values, size_t count, uint32_t shift, uint16_t *out) {
    for (size_t i = 0; i < count; i++) {
        int32_t value = values[i] >> shift;
        value = value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value;
        out[i] = (uint16_t)(value + 32768);
    }
}

/// Defines `threshold`, `raise`, `sort_keys` and `narrow` for one instruction set.
#define ALMANAC_SELECTION(target)                                                                                      \
    target static uint16_t threshold(const uint16_t *values, size_t count, size_t wanted) {                            \
        return almanac_threshold(values, count, wanted);                                                               \
    }                                                                                                                  \
    target static uint16_t raise(uint16_t *values, size_t count, uint16_t by) {                                        \
        return almanac_raise(values, count, by);                                                                       \
    }                                                                                                                  \
    target static void sort_keys(const uint64_t *keys, size_t count, uint64_t *sorted) {                               \
        almanac_sort_keys(keys, count, sorted);                                                                        \
    }                                                                                                                  \
    target static void narrow(const int32_t *values, size_t count, uint32_t shift, uint16_t *out) {                    \
        almanac_narrow(values, count, shift, out);                                                                     \
    }

/// The least s with range >> s ≤ 255.
ALMANAC_INLINE uint32_t almanac_byte_shift(uint32_t range) {
    uint32_t shift = 0;
    while (range >> shift > 255) shift++;
    return shift;
}

/// Rounds half to even without libm, for |x| < 2^31: at 1.5·2^52 doubles are spaced 1 apart, so the addition itself rounds.
ALMANAC_INLINE int32_t almanac_round_half_even(double x) {
    const double magic = 6755399441055744.0;
    double shifted = x + magic;
    return (int32_t)(shifted - magic);
}

#endif
