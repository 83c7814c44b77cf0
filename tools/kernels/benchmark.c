/// Times every kernel at every level this machine has: 384 dimensions, 96 sub-quantisers. Levels take turns within each
/// round, so that a noisy neighbour hurts all alike; the median of the rounds is printed.
///
/// "memory" data is 256 MiB, many times the last-level cache, in 4 KiB pages: what a mapped bundle has.
#define _GNU_SOURCE
#include "kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { dims = 384, subs = 96, rounds = 15, levels = 4, block_bytes = 16 * subs };
enum { big_rows = 256 * 1024 * 1024 / dims, small_rows = 1024, candidates = 256, small_blocks = 128 };
enum { big_blocks = 256 * 1024 * 1024 / block_bytes };

static const almanac_kernels *kernels[levels];
static int level_count;
static int8_t *big, *query, *codebooks;
static uint8_t *lookup_bytes;
static int32_t *tables, *accumulator, *out, *norms;
static uint16_t *sums;
static uint32_t *positions;
static const int8_t *scattered[64 * candidates];
static size_t turn;

static uint64_t state = 1;
static uint64_t next(void) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef void (*operation)(const almanac_kernels *k);
static int32_t sink, minimum_sum;
static uint32_t shift;

static void op_dot(const almanac_kernels *k) { sink += k->dot(query, big, dims); }
static void op_rows_cached(const almanac_kernels *k) { k->dot_rows(query, big, dims, small_rows, out); }
static void op_rows_memory(const almanac_kernels *k) { k->dot_rows(query, big, dims, big_rows, out); }
static void op_gather_cached(const almanac_kernels *k) {
    static const int8_t *rows[candidates];
    for (size_t i = 0; i < candidates; i++) rows[i] = big + i * 7 % small_rows * dims;
    k->dot_gather(query, rows, dims, candidates, out, norms);
}
static void op_gather_memory(const almanac_kernels *k) {
    // Other rows each time: 64 sets hold 6 MiB, but the sets are drawn anew every round.
    k->dot_gather(query, scattered + turn++ % 64 * candidates, dims, candidates, out, norms);
}
static void op_pool(const almanac_kernels *k) { k->pool_row(accumulator, big, 3, dims); }
static void op_quantize(const almanac_kernels *k) {
    static int8_t vector[dims];
    k->quantize(tables, dims, vector);
    sink += vector[0];
}
static void op_build(const almanac_kernels *k) { k->build_lookup(query, codebooks, subs, tables); }
static void op_narrow(const almanac_kernels *k) { k->quantize_lookup(tables, subs, lookup_bytes, &minimum_sum, &shift); }
static void op_scan_cached(const almanac_kernels *k) {
    k->scan_blocks((uint8_t *)big, small_blocks, 16 * subs, lookup_bytes, subs, sums);
}
static void op_scan_memory(const almanac_kernels *k) { k->scan_blocks((uint8_t *)big, big_blocks, 16 * subs, lookup_bytes, subs, sums); }
static uint16_t threshold;
/// Enough sums that the branch predictor cannot learn where the hits are, which it does with 4,096.
enum { selected_from = 256 * 1024 };
static void op_select(const almanac_kernels *k) {
    sink += (int32_t)k->select_above(sums, selected_from, threshold, positions);
}

static void draw_rows(void) {
    for (size_t i = 0; i < 64 * candidates; i++) scattered[i] = big + next() % big_rows * dims;
}

/// `units` per call is what one figure counts; `bytes` per call gives the throughput, 0 for none.
static void measure(const char *name, operation run, size_t calls, double units, const char *unit, double bytes) {
    double times[levels][rounds];
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < level_count; i++) {
            int level = (i + r) % level_count;
            if (run == op_gather_memory) draw_rows();
            else run(kernels[level]);
            double start = now();
            for (size_t c = 0; c < calls; c++) run(kernels[level]);
            times[level][r] = (now() - start) / (double)calls;
        }
    printf("%-37s", name);
    for (int i = 0; i < level_count; i++) {
        qsort(times[i], rounds, sizeof(double), by_value);
        double median = times[i][rounds / 2];
        printf(" %9.2f", median / units);
        if (bytes > 0) printf(" (%5.1f GB/s)", bytes / median);
        else printf("             ");
    }
    printf("  ns per %s\n", unit);
}

static void *pages(size_t size) {
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) abort();
    madvise(p, size, MADV_NOHUGEPAGE);
    memset(p, 1, size);
    return p;
}

int main(void) {
    static const almanac_kernel_level wanted[levels] = {ALMANAC_KERNELS_PORTABLE, ALMANAC_KERNELS_NEON, ALMANAC_KERNELS_AVX2,
                                                        ALMANAC_KERNELS_AVX512};
    for (int i = 0; i < levels; i++) {
        const almanac_kernels *k = almanac_kernels_choose(wanted[i]);
        if (k) kernels[level_count++] = k;
    }
    size_t big_bytes = (size_t)big_rows * dims;
    big = pages(big_bytes);
    for (size_t i = 0; i < big_bytes; i += 8) {
        uint64_t r = next();
        memcpy(big + i, &r, big_bytes - i < 8 ? big_bytes - i : 8);
    }
    query = pages(dims), codebooks = pages(64 * subs), lookup_bytes = pages(16 * subs);
    for (size_t i = 0; i < dims; i++) query[i] = (int8_t)((int)(next() % 255) - 127);
    for (size_t i = 0; i < 64 * subs; i++) codebooks[i] = (int8_t)((int)(next() % 255) - 127);
    tables = pages(64 * subs), accumulator = pages(4 * dims), out = pages(4 * (size_t)big_rows);
    norms = pages(4 * candidates), sums = pages(64 * (size_t)big_blocks), positions = pages(4 * selected_from);

    printf("%-37s", "");
    for (int i = 0; i < level_count; i++) printf(" %-22s", almanac_kernels_name(kernels[i]->level));
    printf("\n");
    measure("dot, in L1", op_dot, 20000, 1, "dot", dims);
    measure("dot_rows, 1,024 rows (384 KiB)", op_rows_cached, 200, small_rows, "row", (double)small_rows * dims);
    measure("dot_rows, from memory", op_rows_memory, 1, big_rows, "row", (double)big_bytes);
    measure("dot_gather, 256 rows, cached", op_gather_cached, 400, candidates, "row", (double)candidates * dims);
    measure("dot_gather, 256 rows, from memory", op_gather_memory, 64, candidates, "row", (double)candidates * dims);
    measure("pool_row", op_pool, 20000, 1, "row", 0);
    measure("build_lookup", op_build, 10000, 1, "query", 0);
    measure("quantize_lookup", op_narrow, 10000, 1, "query", 0);
    measure("quantize", op_quantize, 10000, 1, "vector", 0);
    measure("scan_blocks, 4,096 vectors (192 KiB)", op_scan_cached, 100, 32.0 * small_blocks, "vector",
            (double)small_blocks * block_bytes);
    measure("scan_blocks, from memory", op_scan_memory, 1, 32.0 * big_blocks, "vector", (double)big_blocks * block_bytes);
    uint64_t total = 0;
    for (size_t i = 0; i < selected_from; i++) total += sums[i];
    threshold = (uint16_t)(total / selected_from);
    measure("select_above, half above", op_select, 4, selected_from / 4096, "4,096 sums", 2.0 * selected_from);
    for (int share = 100; share <= 1000; share *= 10) {
        while (kernels[0]->select_above(sums, selected_from, threshold, positions) > selected_from / (size_t)share) threshold++;
        char name[40];
        snprintf(name, sizeof name, "select_above, 1 in %d above", share);
        measure(name, op_select, 20, selected_from / 4096, "4,096 sums", 2.0 * selected_from);
    }
    double start = now();
    for (int i = 0; i < 100; i++) sink += almanac_kernels_choose(ALMANAC_KERNELS_AUTO)->level;
    printf("almanac_kernels_choose: %.0f ns (cpuid)\n", (now() - start) / 100);
    return sink == 42;
}
