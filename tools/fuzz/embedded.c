/// A fuzz target for libalmanac as it ships: queries through the C interface to a bundle with changed bytes, sealed anew, and
/// to one that is written to while it is open. Run by tools/fuzz/run, which builds the Embedded objects with the sanitizer.
///
/// Input: one byte (bit 0: seal the tree anew; bit 1: change it only once it is open), then edits of eight bytes: page (2),
/// place in the page (2), how many bytes (1), value (3).
#define _GNU_SOURCE
#include <almanac.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { page_size = 4096, digest_size = 32, fan_out = 128 };

int crypto_generichash_blake2b_salt_personal(unsigned char *out, size_t outlen, const unsigned char *in,
                                             unsigned long long inlen, const unsigned char *key, size_t keylen,
                                             const unsigned char *salt, const unsigned char *personal);

static unsigned char *good, *file;
static size_t length, data_length;
static char path[64];

static void require(int holds, const char *promise) {
    if (holds) return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

static void digest(unsigned char *out, const unsigned char *bytes, size_t count, uint64_t index, uint64_t level, const char *personal) {
    uint64_t salt[2] = {index, level};
    crypto_generichash_blake2b_salt_personal(out, digest_size, bytes, count, NULL, 0, (unsigned char *)salt,
                                             (const unsigned char *)personal);
}

int LLVMFuzzerInitialize(int *count, char ***arguments) {
    (void)count, (void)arguments;
    int from = open("spec/v1/vectors/sixty.almanac", O_RDONLY);
    struct stat status;
    require(from >= 0 && fstat(from, &status) == 0, "run from the folder of the repository");
    length = (size_t)status.st_size;
    good = malloc(length);
    require(read(from, good, length) == (ssize_t)length, "the bundle can be read");
    close(from);
    memcpy(&data_length, good + length - page_size + 16, sizeof data_length);
    int to = memfd_create("bundle", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", to);
    require(to >= 0 && ftruncate(to, (off_t)length) == 0, "a file in memory can be made");
    file = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, to, 0);
    require(file != MAP_FAILED, "a file in memory can be mapped");
    memcpy(file, good, length);
    return 0;
}

static void change(const unsigned char *input, size_t count) {
    for (size_t place = 0; place + 8 <= count && place < 128; place += 8) {
        const unsigned char *edit = input + place;
        size_t page = (edit[0] | edit[1] << 8) % (data_length / page_size);
        size_t offset = page * page_size + ((edit[2] | edit[3] << 8) % page_size);
        uint64_t small = edit[5] | edit[6] << 8 | edit[7] << 16;
        uint64_t value = edit[4] & 4 ? ~small : edit[4] & 8 ? small << 40 : small;
        size_t size = (size_t)1 << (edit[4] & 3);
        if (offset + size <= data_length) memcpy(file + offset, &value, size);
    }
}

// Hashes again every chunk that is not as it was, and what stands above it.
static void seal(void) {
    unsigned char *below = file, *known = good;
    size_t chunks = data_length / page_size;
    uint64_t level = 0;
    unsigned char *block = file + data_length;
    while (1) {
        for (size_t chunk = 0; chunk < chunks; chunk++)
            if (memcmp(below + chunk * page_size, known + chunk * page_size, page_size) != 0)
                digest(block + chunk * digest_size, below + chunk * page_size, page_size, chunk, level,
                       level == 0 ? "almanac1-leaf..." : "almanac1-node...");
        below = block;
        known = good + (below - file);
        chunks = (chunks + fan_out - 1) / fan_out;
        block = below + chunks * page_size;
        level++;
        if (chunks == 1) break;
    }
    unsigned char *footer = file + length - page_size;
    digest(footer + 32, below, page_size, 0, level, "almanac1-node...");
    digest(footer + 4064, footer, 4064, 0, 0, "almanac1-footer.");
}

static const char *const questions[] = {
    "Why does Python use indentation for grouping of statements?",
    "Why does Python use indentation for the grouping of its statements",
    "what is this 10\xC2\xB2 \xC2\xBD \xC3\x9F about",
};

static uint64_t hash;
static void add(const void *bytes, size_t count) {
    for (size_t index = 0; index < count; index++) hash = (hash ^ ((const unsigned char *)bytes)[index]) * 0x100000001B3u;
}
static void add_text(almanac_text text) { add(text.start, text.length); }

// What a session says to a question, as a number; every byte of it is read.
static uint64_t asked(almanac_session_t *session, const char *question) {
    almanac_request request = {.size = sizeof request, .text = question, .text_length = strlen(question), .now = 1780000000};
    almanac_result result = {.size = sizeof result};
    require(almanac_query(session, &request, &result) == ALMANAC_OK, "damage is an outcome, not an error");
    require((result.outcome == ALMANAC_HIT) == (result.reason == ALMANAC_REASON_NONE), "a hit has no reason");
    if (result.outcome != ALMANAC_HIT) require(result.answer.length == 0, "a fallback has no answer");
    hash = 0xCBF29CE484222325u;
    add(&result.outcome, sizeof result.outcome);
    add(&result.reason, sizeof result.reason);
    add(&result.confidence, sizeof result.confidence);
    add_text(result.entry), add_text(result.question), add_text(result.answer), add_text(result.source);
    add_text(result.route), add_text(result.usage);
    require(result.suggestion_count <= ALMANAC_MAXIMUM_SUGGESTIONS, "suggestions are few");
    for (size_t index = 0; index < result.suggestion_count; index++)
        add_text(result.suggestions[index].entry), add_text(result.suggestions[index].question);
    return hash;
}

// The sum of what all questions came to; 0 if the file is refused.
static uint64_t replies(almanac_open_mode mode, int is_changed_later, const unsigned char *input, size_t count) {
    almanac_t *bundle;
    almanac_session_t *session;
    if (almanac_open(path, mode, &bundle, NULL) != ALMANAC_OK) return 0;
    require(almanac_session_new(bundle, &session) == ALMANAC_OK, "a session can be made");
    if (is_changed_later) change(input, count);
    uint64_t sum = 1;
    for (size_t index = 0; index < sizeof questions / sizeof *questions; index++) {
        uint64_t first = asked(session, questions[index]);
        require(first == asked(session, questions[index]), "the same question gets the same answer");
        sum = sum * 31 + first;
    }
    almanac_session_free(session);
    almanac_close(bundle);
    return sum;
}

int LLVMFuzzerTestOneInput(const unsigned char *input, size_t count) {
    if (count == 0) return 0;
    unsigned char flags = *input++;
    count--;
    if (flags & 2) {
        replies(ALMANAC_OPEN_ALL, 1, input, count);
    } else {
        change(input, count);
        if (flags & 1) seal();
        uint64_t lazy = replies(ALMANAC_OPEN_LAZY, 0, NULL, 0);
        uint64_t copy = replies(ALMANAC_OPEN_COPY, 0, NULL, 0);
        if (flags & 1) require(lazy == copy, "every mode gives the same replies");
    }
    memcpy(file, good, length);
    return 0;
}
