/// Asks a bundle from several threads while its file is replaced, and proves three promises: no query fails, no answer comes
/// from a bundle that was no longer current when the query began or not yet when it ended, and nothing stays mapped.
///
/// usage: swap FIRST SECOND LIVE QUESTIONS THREADS QUERIES INTERVAL
/// FIRST and SECOND are bundles of versions 1 and 2 with the same QUESTIONS (a file, one a line), whose answers begin with
/// "version 1" and "version 2". LIVE is a path beside them that this program links to one after the other. INTERVAL is in
/// milliseconds. Every fourth swap puts a file there that is no bundle, which must change nothing.
#define _GNU_SOURCE
#include <almanac.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAXIMUM_QUESTIONS = 1000, MAXIMUM_SWAPS = 1000000, LINE = 1024 };

static char questions[MAXIMUM_QUESTIONS][LINE];
static size_t question_count;
static almanac_t *bundle;
static long queries_each;
// Generation n has the version of bundle n % 2. A generation is current from some time after it was begun and before it was
// finished, until the next.
static atomic_long begun, finished, failures, hits, done;

static void fail(const char *what) {
    if (atomic_fetch_add(&failures, 1) < 10) fprintf(stderr, "error: %s\n", what);
}

static int is_possible(uint64_t version, long first, long last) {
    for (long generation = first; generation <= last; generation++)
        if (version == (uint64_t)(generation % 2 + 1)) return 1;
    return 0;
}

static void *ask(void *argument) {
    unsigned seed = (unsigned)(size_t)argument;
    almanac_session_t *session;
    if (almanac_session_new(bundle, &session) != ALMANAC_OK) return fail("no session"), NULL;
    for (long count = 0; count < queries_each; count++) {
        // Sessions come and go while others ask.
        if (count % 50000 == 49999) {
            almanac_session_free(session);
            if (almanac_session_new(bundle, &session) != ALMANAC_OK) return fail("no session"), NULL;
        }
        const char *question = questions[rand_r(&seed) % question_count];
        almanac_request request = {.size = sizeof request, .text = question, .text_length = strlen(question)};
        almanac_result result = {.size = sizeof result};
        long first = atomic_load(&finished);
        almanac_status status = almanac_query(session, &request, &result);
        long last = atomic_load(&begun);
        if (status != ALMANAC_OK) fail(almanac_status_text(status));
        if (!is_possible(result.bundle_version, first, last)) fail("a reply from a bundle that was not current");
        if (result.outcome == ALMANAC_HIT) {
            char expected[32];
            int length = snprintf(expected, sizeof expected, "version %d", (int)result.bundle_version);
            if (result.answer.length < (size_t)length || memcmp(result.answer.start, expected, (size_t)length) != 0)
                fail("an answer of another version");
            atomic_fetch_add(&hits, 1);
        } else if (result.reason == ALMANAC_REASON_DAMAGED) {
            fail("damage");
        }
    }
    almanac_session_free(session);
    atomic_fetch_add(&done, 1);
    return NULL;
}

// How many mappings of bundles this process has.
static int mappings(void) {
    FILE *file = fopen("/proc/self/maps", "r");
    char line[4096];
    int count = 0;
    while (file && fgets(line, sizeof line, file)) count += strstr(line, ".almanac") != NULL;
    if (file) fclose(file);
    return count;
}

// Puts another name of `source` at `live`, in one step.
static int put(const char *source, const char *live) {
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.new", live);
    unlink(temporary);
    return link(source, temporary) == 0 && rename(temporary, live) == 0;
}

int main(int count, char **arguments) {
    if (count != 8) return fprintf(stderr, "usage: swap FIRST SECOND LIVE QUESTIONS THREADS QUERIES INTERVAL\n"), 64;
    const char *sources[2] = {arguments[1], arguments[2]}, *live = arguments[3], *garbage = arguments[4];
    long threads = atol(arguments[5]), interval = atol(arguments[7]);
    queries_each = atol(arguments[6]) / threads;
    FILE *file = fopen(garbage, "r");
    while (file && question_count < MAXIMUM_QUESTIONS && fgets(questions[question_count], LINE, file)) {
        questions[question_count][strcspn(questions[question_count], "\n")] = 0;
        question_count++;
    }
    if (file) fclose(file);
    if (question_count == 0) return fprintf(stderr, "error: no questions, %s\n", garbage), 1;
    if (!put(sources[0], live) || almanac_open(live, ALMANAC_OPEN_HOT, &bundle, NULL) != ALMANAC_OK)
        return fprintf(stderr, "error: %s does not open\n", live), 1;

    pthread_t threads_started[64];
    for (long index = 0; index < threads && index < 64; index++)
        pthread_create(&threads_started[index], NULL, ask, (void *)(size_t)(index + 1));
    long tried = 0, refused = 0;
    while (atomic_load(&done) < threads && atomic_load(&failures) == 0) {
        nanosleep(&(struct timespec){interval / 1000, interval % 1000 * 1000000}, NULL);
        uint64_t detail;
        if (tried++ % 4 == 3) {
            if (!put(garbage, live) || !almanac_replaced(bundle)) fail("a new file is not noticed");
            if (almanac_reload(bundle, NULL, ALMANAC_OPEN_HOT, &detail) == ALMANAC_OK) fail("no bundle, but loaded");
            if (almanac_replaced(bundle)) fail("a refused file is to be tried again");
            refused++;
            continue;
        }
        long next = atomic_load(&begun) + 1;
        if (!put(sources[next % 2], live) || !almanac_replaced(bundle)) fail("a new file is not noticed");
        atomic_store(&begun, next);
        if (almanac_reload(bundle, NULL, ALMANAC_OPEN_HOT, &detail) != ALMANAC_OK) fail("a good bundle is refused");
        atomic_store(&finished, next);
    }
    for (long index = 0; index < threads && index < 64; index++) pthread_join(threads_started[index], NULL);

    almanac_statistics statistics = {.size = sizeof statistics};
    almanac_stats(bundle, &statistics);
    uint64_t counted = statistics.exact_hits + statistics.semantic_hits;
    if (counted != (uint64_t)atomic_load(&hits)) fail("hits are miscounted");
    if (statistics.reloads != (uint64_t)atomic_load(&finished)) fail("reloads are miscounted");
    if (statistics.failed_reloads != (uint64_t)refused) fail("failed reloads are miscounted");
    if (mappings() != 1) fail("an old bundle is still mapped");
    almanac_close(bundle);
    if (mappings() != 0) fail("a closed bundle is still mapped");
    printf("%ld queries, %ld hits, %ld swaps, %ld files refused, %ld failures\n", threads * queries_each,
        atomic_load(&hits), atomic_load(&finished), refused, atomic_load(&failures));
    if (atomic_load(&finished) == 0) fail("nothing was swapped");
    return atomic_load(&failures) == 0 ? 0 : 1;
}
