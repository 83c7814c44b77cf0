/// Integer kernels of the query path: int8 inner products, pooling, and the 4-bit product-quantiser scan.
///
/// One table of function pointers per instruction set; `almanac_kernels_choose` picks a table. Every table gives
/// bit-identical results for every input that satisfies the stated shapes, whatever the *values* are: a damaged or hostile
/// file can make a result meaningless, never different between machines and never undefined behaviour. Where a sum could
/// leave 32 bits it wraps modulo 2^32, in every table alike.
///
/// Shapes are the caller's duty: a kernel reads and writes exactly the extents named here and tests none of them.
/// No kernel allocates, keeps state, or assumes any alignment beyond that of the element type. Outputs may not overlap inputs.
///
/// A *row* is one stored int8 vector, padded with zeros to its *stride*, a multiple of 64. Components written by our
/// compiler lie in -127…127; the results are exact for -128 as well, in rows and in queries.
#ifndef ALMANAC_KERNELS_H
#define ALMANAC_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// With these annotations Swift sees plain (not optional) pointers and function pointers; gcc knows neither.
#ifdef __clang__
#pragma clang assume_nonnull begin
#define ALMANAC_NONNULL _Nonnull
#define ALMANAC_NULLABLE _Nullable
#else
#define ALMANAC_NONNULL
#define ALMANAC_NULLABLE
#endif

/// An instruction set the kernels are written for.
typedef enum almanac_kernel_level {
    /// The fastest one this processor and its operating system support.
    ALMANAC_KERNELS_AUTO = 0,
    /// Plain C, on every architecture.
    ALMANAC_KERNELS_PORTABLE = 1,
    /// x86-64 with AVX2 (Haswell 2013, Zen 2017).
    ALMANAC_KERNELS_AVX2 = 2,
    /// x86-64 with AVX-512 F, BW, VL, VNNI and VBMI (Ice Lake 2019, Zen 4 2022). Cascade Lake lacks VBMI and gets AVX2.
    ALMANAC_KERNELS_AVX512 = 3,
    /// AArch64; every such processor has it.
    ALMANAC_KERNELS_NEON = 4,
} almanac_kernel_level;

/// Vectors in one block of the 4-bit scan.
#define ALMANAC_SCAN_BLOCK_VECTORS 32
/// Centroids of one sub-quantiser: a code is 4 bits.
#define ALMANAC_CENTROIDS 16
/// Dimensions of one sub-vector.
#define ALMANAC_SUBVECTOR_DIMENSIONS 4
/// Most columns of a table of cosines.
#define ALMANAC_MAX_COSINE_COLUMNS 64
/// Values that the nodes of a tree may look at.
#define ALMANAC_TREE_VALUES 32
/// Trees in one group of `score_trees`, and the integers that a group takes.
#define ALMANAC_TREE_GROUP 16
#define ALMANAC_TREE_GROUP_SIZE (46 * ALMANAC_TREE_GROUP)
/// Most sub-quantisers a look-up table or block may have: 256 × 255 still fits the scan's 16-bit sums.
#define ALMANAC_MAX_SUBQUANTIZERS 256

/// The kernels of one level. Immutable, lives as long as the process, may be used by any number of threads at once.
typedef struct almanac_kernels {
    almanac_kernel_level level;

    /// Inner product Σ a[i]·b[i]. `count`: a multiple of 64. Exact up to 65,536 components; beyond, modulo 2^32.
    int32_t (*dot)(const int8_t *a, const int8_t *b, size_t count);

    /// Inner products of one query with contiguous rows: out[r] = dot(query, rows + r·stride, stride). For the coarse
    /// table and for brute force: reads `rows` once, front to back.
    void (*dot_rows)(const int8_t *query, const int8_t *rows, size_t stride, size_t row_count, int32_t *out);

    /// Inner products and squared norms Σ row² of scattered rows, for the re-rank. Prefetches ahead through `rows`, so
    /// hand over all candidates in one call, in address order where that costs nothing.
    void (*dot_gather)(const int8_t *query, const int8_t *ALMANAC_NONNULL const *ALMANAC_NONNULL rows, size_t stride,
                       size_t row_count, int32_t *dots, int32_t *squared_norms);

    /// accumulator[i] += scale·row[i], modulo 2^32, for any `count`. Pools weighted token rows into a text's vector.
    void (*pool_row)(int32_t *accumulator, const int8_t *row, uint32_t scale, size_t count);

    /// Scales to the int8 range: out[i] = accumulator[i]·(127/max|accumulator|) rounded half to even, for any `count`; all
    /// zero when the maximum is 0. One IEEE double division and one multiplication per component in that order, so the
    /// same bytes everywhere, given the default rounding mode. out[i] lies in -127…127.
    void (*quantize)(const int32_t *accumulator, size_t count, int8_t *out);

    /// The vector of a text: quantize(Σ scales[r]·rows[r]), sums modulo 2^32. `sums` is working memory of `stride` elements whose
    /// contents are meaningless before and after. Any row_count.
    void (*encode_rows)(const int8_t *ALMANAC_NONNULL const *ALMANAC_NONNULL rows, const uint16_t *scales,
                        size_t row_count, size_t stride, int32_t *sums, int8_t *out);

    /// Cosines of scattered rows with scattered columns, in units of 1/65,536, at most 65,536, halves up; 0 where an inner
    /// product is not positive: units[r·pitch + c]. Each is the inner product times 65,536, divided by the square root of the
    /// product of both squared norms, in IEEE double, so the same everywhere, given the default rounding mode. From
    /// units[r·pitch + column_count] on, up to the next multiple of 8, zeros are written.
    /// column_count ≤ ALMANAC_MAX_COSINE_COLUMNS; pitch: a multiple of 8, at least column_count; units: row_count·pitch.
    void (*cosines)(const int8_t *ALMANAC_NONNULL const *ALMANAC_NONNULL rows, size_t row_count,
                    const int8_t *ALMANAC_NONNULL const *ALMANAC_NONNULL columns, size_t column_count, size_t stride,
                    size_t pitch, int32_t *units);

    /// Sum of the leaves that `values` (ALMANAC_TREE_VALUES of them) reach in binary trees of depth four. `groups`: 16 trees
    /// each, as 15 nodes' thresholds, 15 nodes' value numbers below ALMANAC_TREE_VALUES, then 16 leaves, each for all 16
    /// trees; nodes in the order of a heap. At a node the walk goes left if the value is at most the threshold.
    /// Leaves within ±2^24, at most 64 groups. All trees are walked side by side, after Lucchese et al., "Exploiting
    /// CPU SIMD extensions to speed-up document scoring with tree ensembles", SIGIR 2016, but with blends for masks.
    int64_t (*score_trees)(const int32_t *groups, size_t group_count, const int32_t *values);

    /// Inner products of each query sub-vector with the 16 centroids of its sub-quantiser:
    /// tables[16·s + c] = Σ_{j<4} query[4·s + j]·codebooks[64·s + 4·c + j].
    /// query: 4·subquantizers bytes; codebooks: [subquantizers][16][4]; tables: 16·subquantizers, each within ±65,536.
    void (*build_lookup)(const int8_t *query, const int8_t *codebooks, size_t subquantizers, int32_t *tables);

    /// Narrows look-up tables to bytes with one common scale. For each sub-quantiser its minimum is subtracted; `shift` is
    /// the least s with (largest range of any sub-quantiser) >> s ≤ 255; bytes[i] = (tables[i] - minimum) >> shift.
    /// `minimum_sum` is Σ minima, modulo 2^32. The inner product that a sum of bytes stands for is then
    /// minimum_sum + (sum << shift), and the true one lies 0 to subquantizers·(2^shift - 1) above it.
    /// subquantizers ≤ ALMANAC_MAX_SUBQUANTIZERS; with none, minimum_sum and shift are 0.
    void (*quantize_lookup)(const int32_t *tables, size_t subquantizers, uint8_t *bytes, int32_t *minimum_sum,
                            uint32_t *shift);

    /// Sums of looked-up bytes: sums[32·b + v] = Σ_s lookup_bytes[16·s + code(b, v, s)]. Never saturates.
    ///
    /// The table of 16 bytes is held in a register and looked up by a byte shuffle, 16 or more vectors at a time
    /// (André, Kermarrec, Le Scouarnec: "Accelerated Nearest Neighbor Search with Quick ADC", ICMR 2017). The layout is
    /// that of faiss `pq4_fast_scan`, and so can be checked against it: a block holds 32 vectors in 16·subquantizers
    /// bytes; each pair of sub-quantisers has 32 bytes, the first 16 for the even one, the next 16 for the odd one. Byte k
    /// of a half holds in its low nibble the code of vector order[k], in its high nibble that of vector 16 + order[k], with
    /// order = 0,8,1,9,2,10,3,11,4,12,5,13,6,14,7,15: in 16-bit lanes the even bytes are then vectors 0…7 and the odd
    /// ones 8…15, which lets AVX2 widen with one shift and no shuffle.
    ///
    /// subquantizers: even, at most ALMANAC_MAX_SUBQUANTIZERS. codes: block_count·block_stride bytes, the codes of each block
    /// in the first 16·subquantizers of its block_stride; lookup_bytes: 16·subquantizers; sums: 32·block_count. The padding
    /// vectors of a last block get sums too.
    void (*scan_blocks)(const uint8_t *codes, size_t block_count, size_t block_stride, const uint8_t *lookup_bytes,
                        size_t subquantizers, uint16_t *sums);

    /// Positions i with sums[i] ≥ threshold, ascending; returns how many. `positions` must have room for `count`, whatever
    /// the result: entries past it may be overwritten.
    size_t (*select_above)(const uint16_t *sums, size_t count, uint16_t threshold, uint32_t *positions);

    /// The greatest value that at least `wanted` of `count` values reach; 0 if there are fewer. Sixteen passes without a branch
    /// on data, which is quicker than a selection by exchanges from a hundred values on.
    uint16_t (*threshold)(const uint16_t *values, size_t count, size_t wanted);

    /// values[i] = min(values[i] + by, 65,535). Returns the greatest of them; 0 for none.
    uint16_t (*raise)(uint16_t *values, size_t count, uint16_t by);

    /// Sorts keys, the greatest first, with hardly a branch on data: dealt into 32 parts of equal width, then in each part by counting
    /// for each key how many are greater (9 KiB of the stack). Linear for keys spread evenly; count² comparisons, eight at once, where
    /// nearly all lie in one part, and for more than 1,024 keys.
    void (*sort_keys)(const uint64_t *keys, size_t count, uint64_t *sorted);

    /// out[i] = 32,768 + (values[i] >> shift), the shifted value cut off at ±2^15. shift: 0…31. Keeps the order of values, except
    /// that it makes neighbours equal.
    void (*narrow)(const int32_t *values, size_t count, uint32_t shift, uint16_t *out);

    /// Lays out one block for `scan_blocks` from one code per byte, codes[v·subquantizers + s] for v < 32 (the low nibble
    /// counts). For the compiler; the same portable code at every level.
    void (*pack_block)(const uint8_t *codes, size_t subquantizers, uint8_t *out);
} almanac_kernels;

/// The kernels of the wanted level, or null when this machine lacks it (or the value names no level). AUTO and PORTABLE
/// are never null. Asks the processor each time and stores nothing, so it is safe before and after fork and in threads;
/// call it once per open and keep the pointer, since `cpuid` leaves the guest under a hypervisor (tens of microseconds).
const almanac_kernels *ALMANAC_NULLABLE almanac_kernels_choose(almanac_kernel_level wanted);

/// Asks the processor for `count` bytes from `start` on, all of them readable. Changes nothing but time.
static inline void almanac_prefetch(const void *start, size_t count) {
    for (size_t i = 0; i < count; i += 64) __builtin_prefetch((const char *)start + i, 0, 3);
}

/// The same of `size` bytes at each of `count` addresses.
static inline void almanac_prefetch_each(const size_t *addresses, size_t count, size_t size) {
    for (size_t i = 0; i < count; i++) almanac_prefetch((const void *)addresses[i], size);
}

/// "auto", "portable", "avx2", "avx512", "neon"; "unknown" for any other value.
const char *almanac_kernels_name(almanac_kernel_level level);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif

#endif
