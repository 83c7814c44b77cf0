/// Proves that every kernel level this machine has gives the same bits as the portable one, and that the portable one does
/// what kernels.h says, against definitions written here in 64-bit arithmetic.
///
/// Buffers are allocated to the exact byte, at odd addresses, so that the address sanitizer sees any access beyond a shape.
/// Usage: check [seed]. The seed is printed; the same seed gives the same run.
#include "kernels.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t state;
static uint64_t next(void) { // splitmix64
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static const almanac_kernels *reference, *tested;
static const char *level_name;
static size_t comparisons;

static void fail(const char *what, size_t a, size_t b) {
    printf("FAILED: %s at level %s (shape %zu, %zu)\n", what, level_name, a, b);
    exit(1);
}

static void same(const char *what, const void *a, const void *b, size_t size, size_t shape1, size_t shape2) {
    comparisons++;
    if (size && memcmp(a, b, size)) fail(what, shape1, shape2);
}

/// A buffer of exactly `size` bytes whose elements are `align`-aligned and no more.
typedef struct { uint8_t *base; void *data; } buffer;
static buffer make(size_t size, size_t align) {
    size_t lead = align * (1 + next() % 3);
    uint8_t *base = malloc(lead + size);
    if (!base) abort();
    memset(base, 0xa5, lead + size);
    return (buffer){base, base + lead};
}
static void drop(buffer b) { free(b.base); }

enum { fills = 8 };
static void fill(int8_t *p, size_t n, int kind) {
    for (size_t i = 0; i < n; i++) {
        uint64_t r = next();
        switch (kind) {
        case 0: p[i] = (int8_t)((int)(r % 255) - 127); break;
        case 1: p[i] = (int8_t)r; break;
        case 2: p[i] = -128; break;
        case 3: p[i] = 127; break;
        case 4: p[i] = -127; break;
        case 5: p[i] = r & 1 ? -128 : 127; break;
        case 6: p[i] = 0; break;
        default: p[i] = r % 16 ? 0 : (int8_t)(r >> 8); break;
        }
    }
}

static int32_t any_int32(int kind) {
    uint64_t r = next();
    switch (kind) {
    case 0: return (int32_t)r;
    case 1: return r & 1 ? INT32_MIN : INT32_MAX;
    case 2: return (int32_t)(r % 509) - 254; // with a maximum of 254 every odd value is a tie
    case 3: return 0;
    case 4: return (int32_t)(r % 3) - 1;
    case 5: return r % 64 ? (int32_t)(r >> 8) % 1000 : INT32_MIN;
    case 6: return (int32_t)(r % 131073) - 65536;
    default: return (int32_t)((uint32_t)r >> (r >> 32 & 31));
    }
}

static int32_t defined_dot(const int8_t *a, const int8_t *b, size_t n) {
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += (int64_t)a[i] * b[i];
    return (int32_t)(uint32_t)(uint64_t)sum;
}

static void check_dot(size_t count, int kind_a, int kind_b) {
    buffer a = make(count, 1), b = make(count, 1);
    fill(a.data, count, kind_a);
    fill(b.data, count, kind_b);
    int32_t got = tested->dot(a.data, b.data, count), want = defined_dot(a.data, b.data, count);
    same("dot", &got, &want, 4, count, 0);
    drop(a), drop(b);
}

/// Each product of two bytes, in each position of a 64-byte row.
static void check_every_product(void) {
    int8_t a[64] = {0}, b[64] = {0};
    for (int x = -128; x < 128; x++)
        for (int y = -128; y < 128; y++) {
            size_t i = next() % 64;
            a[i] = (int8_t)x, b[i] = (int8_t)y;
            const int8_t *row = b;
            int32_t dots, norms;
            tested->dot_gather(a, &row, 64, 1, &dots, &norms);
            if (tested->dot(a, b, 64) != x * y || dots != x * y || norms != y * y) fail("product", i, 64);
            a[i] = b[i] = 0;
            comparisons++;
        }
}

static void check_rows(size_t stride, size_t count, int kind_query, int kind_rows) {
    buffer query = make(stride, 1), rows = make(stride * count, 1), out = make(4 * count, 4);
    buffer dots = make(4 * count, 4), norms = make(4 * count, 4), want_dots = make(4 * count, 4);
    buffer want_norms = make(4 * count, 4), want = make(4 * count, 4);
    const int8_t **pointers = malloc((count + 1) * sizeof *pointers);
    if (!pointers) abort();
    fill(query.data, stride, kind_query);
    fill(rows.data, stride * count, kind_rows);
    for (size_t r = 0; r < count; r++) {
        pointers[r] = (const int8_t *)rows.data + stride * (next() % count);
        int32_t d = defined_dot(query.data, (const int8_t *)rows.data + stride * r, stride);
        memcpy((char *)want.data + 4 * r, &d, 4);
    }
    tested->dot_rows(query.data, rows.data, stride, count, out.data);
    same("dot_rows", out.data, want.data, 4 * count, stride, count);
    tested->dot_gather(query.data, pointers, stride, count, dots.data, norms.data);
    reference->dot_gather(query.data, pointers, stride, count, want_dots.data, want_norms.data);
    same("dot_gather dots", dots.data, want_dots.data, 4 * count, stride, count);
    same("dot_gather norms", norms.data, want_norms.data, 4 * count, stride, count);
    for (size_t r = 0; r < count; r++) {
        int32_t d = defined_dot(query.data, pointers[r], stride), n = defined_dot(pointers[r], pointers[r], stride);
        if (((int32_t *)dots.data)[r] != d || ((int32_t *)norms.data)[r] != n) fail("dot_gather definition", stride, r);
    }
    free(pointers);
    drop(query), drop(rows), drop(out), drop(dots), drop(norms), drop(want_dots), drop(want_norms), drop(want);
}

static void check_pool(size_t count, int kind_row, int kind_acc) {
    static const uint32_t scales[] = {0, 1, 127, 65537, 0x7fffffff, 0x80000000, 0xffffffff};
    uint64_t pick = next() % 9;
    uint32_t scale = pick < 7 ? scales[pick] : (uint32_t)next();
    buffer row = make(count, 1), a = make(4 * count, 4), b = make(4 * count, 4);
    int32_t *x = a.data, *y = b.data;
    fill(row.data, count, kind_row);
    for (size_t i = 0; i < count; i++) {
        x[i] = any_int32(kind_acc);
        int64_t sum = (int64_t)x[i] + (int64_t)((uint64_t)scale * (uint64_t)(int64_t)((int8_t *)row.data)[i]);
        y[i] = (int32_t)(uint32_t)(uint64_t)sum;
    }
    tested->pool_row(x, row.data, scale, count);
    same("pool_row", x, y, 4 * count, count, scale);
    drop(row), drop(a), drop(b);
}

static void check_quantize(size_t count, int kind) {
    buffer in = make(4 * count, 4), got = make(count, 1), want = make(count, 1), portable = make(count, 1);
    int32_t *values = in.data;
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        values[i] = any_int32(kind);
        largest = fmax(largest, fabs((double)values[i]));
    }
    double scale = 127.0 / largest;
    for (size_t i = 0; i < count; i++)
        ((int8_t *)want.data)[i] = largest == 0 ? 0 : (int8_t)nearbyint((double)values[i] * scale);
    tested->quantize(values, count, got.data);
    reference->quantize(values, count, portable.data);
    same("quantize", got.data, portable.data, count, count, (size_t)kind);
    same("quantize definition", got.data, want.data, count, count, (size_t)kind);
    drop(in), drop(got), drop(want), drop(portable);
}

static void check_encode(size_t stride, size_t count, int kind) {
    buffer rows = make(stride * (count + 1), 1), scales = make(2 * count, 2), sums = make(4 * stride, 4);
    buffer got = make(stride, 1), want = make(stride, 1), defined = make(stride, 1);
    const int8_t **pointers = malloc((count + 1) * sizeof *pointers);
    if (!pointers) abort();
    fill(rows.data, stride * (count + 1), kind);
    for (size_t r = 0; r < count; r++) {
        pointers[r] = (const int8_t *)rows.data + stride * (next() % (count + 1));
        ((uint16_t *)scales.data)[r] = kind == 4 ? 65535 : (uint16_t)next();
    }
    int32_t *total = sums.data;
    for (size_t i = 0; i < stride; i++) {
        int64_t sum = 0;
        for (size_t r = 0; r < count; r++) sum += (int64_t)((uint16_t *)scales.data)[r] * pointers[r][i];
        total[i] = (int32_t)(uint32_t)(uint64_t)sum;
    }
    reference->quantize(total, stride, defined.data);
    tested->encode_rows(pointers, scales.data, count, stride, sums.data, got.data);
    same("encode_rows definition", got.data, defined.data, stride, stride, count);
    reference->encode_rows(pointers, scales.data, count, stride, sums.data, want.data);
    same("encode_rows", got.data, want.data, stride, stride, count);
    free(pointers);
    drop(rows), drop(scales), drop(sums), drop(got), drop(want), drop(defined);
}

static void check_cosines(size_t stride, size_t rows, size_t columns, int kind_rows, int kind_columns) {
    size_t pitch = (columns + 7) / 8 * 8 + 8 * (next() % 2);
    if (pitch == 0) pitch = 8;
    buffer a = make(stride * rows, 1), b = make(stride * columns, 1);
    buffer got = make(4 * rows * pitch, 4), want = make(4 * rows * pitch, 4);
    const int8_t **left = malloc((rows + 1) * sizeof *left), **right = malloc((columns + 1) * sizeof *right);
    if (!left || !right) abort();
    fill(a.data, stride * rows, kind_rows);
    fill(b.data, stride * columns, kind_columns);
    for (size_t r = 0; r < rows; r++) left[r] = (const int8_t *)a.data + stride * r;
    for (size_t c = 0; c < columns; c++)
        right[c] = rows && next() % 4 == 0 ? left[next() % rows] : (const int8_t *)b.data + stride * c;
    memset(want.data, 0xa5, 4 * rows * pitch);
    memset(got.data, 0xa5, 4 * rows * pitch);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < (columns + 7) / 8 * 8; c++) {
            int32_t units = 0;
            if (c < columns) {
                int32_t product = defined_dot(left[r], right[c], stride);
                double lengths = (double)defined_dot(left[r], left[r], stride) * (double)defined_dot(right[c], right[c], stride);
                if (product > 0) units = (int32_t)(fmin((double)product * 65536 / sqrt(lengths), 65536) + 0.5);
            }
            ((int32_t *)want.data)[r * pitch + c] = units;
        }
    tested->cosines(left, rows, right, columns, stride, pitch, got.data);
    same("cosines", got.data, want.data, 4 * rows * pitch, rows, columns);
    free(left), free(right);
    drop(a), drop(b), drop(got), drop(want);
}

static void check_trees(size_t groups, int kind) {
    size_t size = groups * ALMANAC_TREE_GROUP_SIZE;
    buffer trees = make(4 * size, 4), values = make(4 * ALMANAC_TREE_VALUES, 4);
    int32_t *t = trees.data;
    for (size_t i = 0; i < size; i++) {
        size_t row = i % ALMANAC_TREE_GROUP_SIZE / ALMANAC_TREE_GROUP;
        t[i] = row < 15 ? any_int32(kind) : row < 30 ? (int32_t)(next() % ALMANAC_TREE_VALUES)
               : kind == 1 ? (next() & 1 ? 1 : -1) * (1 << 24) : (int32_t)(next() % (1 << 25)) - (1 << 24);
    }
    for (size_t i = 0; i < ALMANAC_TREE_VALUES; i++) ((int32_t *)values.data)[i] = any_int32(kind);
    int64_t got = tested->score_trees(t, groups, values.data), want = reference->score_trees(t, groups, values.data);
    same("score_trees", &got, &want, 8, groups, (size_t)kind);
    int64_t total = 0;
    for (size_t tree = 0; tree < 16 * groups; tree++) {
        const int32_t *mine = t + tree / 16 * ALMANAC_TREE_GROUP_SIZE + tree % 16;
        size_t node = 0;
        while (node < 15) node = 2 * node + 1 + (((int32_t *)values.data)[mine[16 * (15 + node)]] > mine[16 * node]);
        total += mine[16 * (15 + node)];
    }
    same("score_trees definition", &got, &total, 8, groups, (size_t)kind);
    drop(trees), drop(values);
}

static void check_lookup(size_t subs, int kind_query, int kind_books, int kind_tables) {
    buffer query = make(4 * subs, 1), books = make(64 * subs, 1), tables = make(64 * subs, 4), want = make(64 * subs, 4);
    buffer bytes = make(16 * subs, 1), want_bytes = make(16 * subs, 1);
    fill(query.data, 4 * subs, kind_query);
    fill(books.data, 64 * subs, kind_books);
    int32_t *t = want.data;
    for (size_t i = 0; i < 16 * subs; i++)
        t[i] = defined_dot((int8_t *)query.data + i / 16 * 4, (int8_t *)books.data + 4 * i, 4);
    tested->build_lookup(query.data, books.data, subs, tables.data);
    same("build_lookup", tables.data, t, 64 * subs, subs, 0);

    if (kind_tables >= 0)
        for (size_t i = 0; i < 16 * subs; i++) t[i] = any_int32(kind_tables);
    int32_t sum = -1, want_sum = -1;
    uint32_t shift = 99, want_shift = 99;
    tested->quantize_lookup(t, subs, bytes.data, &sum, &shift);
    reference->quantize_lookup(t, subs, want_bytes.data, &want_sum, &want_shift);
    same("quantize_lookup bytes", bytes.data, want_bytes.data, 16 * subs, subs, 0);
    same("quantize_lookup sum", &sum, &want_sum, 4, subs, 0);
    same("quantize_lookup shift", &shift, &want_shift, 4, subs, 0);

    int64_t minima = 0, widest = 0;
    for (size_t s = 0; s < subs; s++) {
        int64_t low = t[16 * s], high = low;
        for (size_t c = 0; c < 16; c++) low = t[16 * s + c] < low ? t[16 * s + c] : low;
        for (size_t c = 0; c < 16; c++) high = t[16 * s + c] > high ? t[16 * s + c] : high;
        minima += low;
        widest = high - low > widest ? high - low : widest;
        for (size_t c = 0; c < 16; c++)
            if (((uint8_t *)bytes.data)[16 * s + c] != (t[16 * s + c] - low) >> shift) fail("lookup byte", subs, s);
    }
    if (sum != (int32_t)(uint32_t)(uint64_t)minima) fail("minimum_sum", subs, 0);
    if (widest >> shift > 255 || (shift && widest >> (shift - 1) <= 255)) fail("shift", subs, shift);
    drop(query), drop(books), drop(tables), drop(want), drop(bytes), drop(want_bytes);
}

static void check_scan(size_t blocks, size_t subs, int kind) {
    static const uint8_t order[16] = {0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15};
    size_t block_bytes = 16 * subs, stride = block_bytes + 16 * (next() % 3);
    buffer codes = make(32 * subs, 1), packed = make(blocks * stride, 1), table = make(block_bytes, 1);
    buffer sums = make(64 * blocks, 2), want = make(64 * blocks, 2), portable = make(64 * blocks, 2);
    for (size_t i = 0; i < block_bytes; i++) ((uint8_t *)table.data)[i] = kind == 0 ? (uint8_t)next() : 255;
    for (size_t b = 0; b < blocks; b++) {
        uint8_t *c = codes.data, *out = (uint8_t *)packed.data + b * stride;
        for (size_t i = 0; i < 32 * subs; i++) c[i] = kind == 2 ? 15 : next() % 16;
        reference->pack_block(c, subs, out);
        for (size_t s = 0; s < subs; s++) // the layout as kernels.h words it
            for (size_t k = 0; k < 16; k++) {
                uint8_t byte = out[s / 2 * 32 + s % 2 * 16 + k];
                if ((byte & 15) != c[order[k] * subs + s] || byte >> 4 != c[(16 + order[k]) * subs + s])
                    fail("pack_block", subs, s);
            }
        for (size_t v = 0; v < 32; v++) {
            unsigned sum = 0;
            for (size_t s = 0; s < subs; s++) sum += ((uint8_t *)table.data)[16 * s + c[v * subs + s]];
            ((uint16_t *)want.data)[32 * b + v] = (uint16_t)sum;
        }
    }
    tested->scan_blocks(packed.data, blocks, stride, table.data, subs, sums.data);
    reference->scan_blocks(packed.data, blocks, stride, table.data, subs, portable.data);
    same("scan_blocks", sums.data, portable.data, 64 * blocks, blocks, subs);
    same("scan_blocks definition", sums.data, want.data, 64 * blocks, blocks, subs);
    drop(codes), drop(packed), drop(table), drop(sums), drop(want), drop(portable);
}

static void check_select(size_t count, int kind) {
    buffer sums = make(2 * count, 2), got = make(4 * count, 4), want = make(4 * count, 4);
    uint16_t *values = sums.data;
    for (size_t i = 0; i < count; i++) values[i] = kind == 1 ? (uint16_t)(32766 + next() % 4) : (uint16_t)next();
    uint16_t threshold = kind == 0 ? (uint16_t)next() : kind == 1 ? 32768 : kind == 2 ? 0 : kind == 3 ? 65535 : 64000;
    size_t n = 0, m = tested->select_above(values, count, threshold, got.data);
    for (size_t i = 0; i < count; i++)
        if (values[i] >= threshold) ((uint32_t *)want.data)[n++] = (uint32_t)i;
    if (n != m) fail("select_above count", count, threshold);
    same("select_above", got.data, want.data, 4 * n, count, threshold);
    size_t wanted = count ? next() % (count + 2) : 0, reach = 0;
    uint16_t found = tested->threshold(values, count, wanted);
    if (found != reference->threshold(values, count, wanted)) fail("threshold", count, wanted);
    for (size_t i = 0; i < count; i++) reach += values[i] >= found;
    if (found && reach < wanted) fail("threshold is reached", count, wanted);
    reach = 0;
    for (size_t i = 0; i < count; i++) reach += found < 65535 && values[i] > found;
    if (found < 65535 && wanted && reach >= wanted) fail("threshold is the greatest", count, wanted);
    uint16_t by = (uint16_t)(kind ? next() % 40000 : 0);
    memcpy(want.data, values, 2 * count);
    for (size_t i = 0; i < count; i++) ((uint16_t *)want.data)[i] = values[i] + by > 65535 ? 65535 : values[i] + by;
    uint16_t greatest = 0;
    for (size_t i = 0; i < count; i++)
        if (((uint16_t *)want.data)[i] > greatest) greatest = ((uint16_t *)want.data)[i];
    if (tested->raise(values, count, by) != greatest) fail("raise greatest", count, by);
    same("raise", values, want.data, 2 * count, count, by);
    uint32_t shift = next() % 32;
    int32_t *wide = got.data;
    for (size_t i = 0; i < count; i++) wide[i] = (int32_t)(next() >> (next() % 33));
    tested->narrow(wide, count, shift, values);
    for (size_t i = 0; i < count; i++) {
        int64_t value = (int64_t)wide[i] >> shift;
        value = value < -32768 ? -32768 : value > 32767 ? 32767 : value;
        if (values[i] != value + 32768) fail("narrow", count, shift);
    }
    drop(sums), drop(got), drop(want);
}

static void check_sort(size_t count) {
    buffer keys = make(8 * count, 8), sorted = make(8 * count, 8);
    uint64_t *given = keys.data, *got = sorted.data;
    uint64_t sum = 0;
    // Few different keys, so that many are equal.
    for (size_t i = 0; i < count; i++) sum += given[i] = next() % 3 ? (uint64_t)next() << 32 | next() : UINT64_MAX - next() % 4;
    tested->sort_keys(given, count, got);
    for (size_t i = 0; i < count; i++) {
        sum -= got[i];
        if (i && got[i] > got[i - 1]) fail("sort_keys order", count, i);
    }
    if (sum) fail("sort_keys keeps the keys", count, 0);
    drop(keys), drop(sorted);
}

static void check_level(void) {
    size_t before = comparisons;
    check_every_product();
    for (int a = 0; a < fills; a++)
        for (int b = 0; b < fills; b++) {
            for (size_t n = 0; n <= 1088; n += 64) check_dot(n, a, b);
            check_dot(65536, a, b);
            check_dot(196608, a, b); // past 2^31 for the extremes: must wrap alike
            for (size_t stride = 64; stride <= 512; stride += 64)
                for (size_t rows = 0; rows <= 11; rows++) check_rows(stride, rows, a, b);
            for (size_t n = 0; n <= 130; n++) check_pool(n, a, b);
            for (size_t subs = 0; subs <= 256; subs += subs < 20 ? 1 : 59) check_lookup(subs, a, b, -1);
        }
    for (int kind = 0; kind < 8; kind++) {
        for (size_t n = 0; n <= 200; n++) check_quantize(n, kind);
        for (size_t subs = 0; subs <= 256; subs++) check_lookup(subs, 0, 0, kind);
    }
    for (int kind = 0; kind < fills; kind++) {
        for (size_t stride = 64; stride <= 448; stride += 64)
            for (size_t rows = 0; rows <= 21; rows++) check_encode(stride, rows, kind);
        check_encode(384, 128, kind);
        for (int other = 0; other < fills; other++)
            for (size_t rows = 0; rows <= 9; rows++)
                for (size_t columns = 0; columns <= ALMANAC_MAX_COSINE_COLUMNS; columns += columns < 20 ? 1 : 11)
                    check_cosines(64 + 64 * (next() % 6), rows, columns, kind, other);
        for (size_t groups = 0; groups <= 64; groups += groups < 8 ? 1 : 28) check_trees(groups, kind);
    }
    for (int kind = 0; kind < 3; kind++)
        for (size_t subs = 0; subs <= ALMANAC_MAX_SUBQUANTIZERS; subs += 2)
            for (size_t blocks = 0; blocks <= 9; blocks += 1 + (subs > 16)) check_scan(blocks, subs, kind);
    for (int kind = 0; kind < 5; kind++)
        for (size_t n = 0; n <= 300; n++) check_select(n, kind);
    for (size_t n = 0; n <= 300; n++) check_sort(n);
    // As many as are dealt into parts at most, and more than that.
    for (size_t n = 950; n <= 1030; n++) check_sort(n);
    printf("ok: %s, %zu comparisons\n", level_name, comparisons - before);
}

int main(int argc, char **argv) {
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)time(NULL);
    printf("seed %" PRIu64 "\n", seed);
    reference = almanac_kernels_choose(ALMANAC_KERNELS_PORTABLE);
    const almanac_kernels *best = almanac_kernels_choose(ALMANAC_KERNELS_AUTO);
    if (!reference || !best) return puts("FAILED: no portable or automatic level"), 1;
    printf("automatic level: %s\n", almanac_kernels_name(best->level));
    if (almanac_kernels_choose((almanac_kernel_level)77)) return puts("FAILED: unknown level accepted"), 1;
    for (int level = ALMANAC_KERNELS_PORTABLE; level <= ALMANAC_KERNELS_NEON; level++) {
        tested = almanac_kernels_choose((almanac_kernel_level)level);
        level_name = almanac_kernels_name((almanac_kernel_level)level);
        if (!tested) {
            printf("absent: %s (this machine lacks it)\n", level_name);
            continue;
        }
        if ((int)tested->level != level) fail("level", (size_t)level, 0);
        state = seed;
        check_level();
    }
    return 0;
}
