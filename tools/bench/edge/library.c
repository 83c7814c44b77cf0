// Asks a bundle through the C interface and prints how long the calls took, as rows of a table. See tools/bench/edge/library.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "almanac.h"

enum { kinds = 3, longest = ALMANAC_MAXIMUM_TEXT };
static const char *names[kinds] = {"exact", "semantic", "fallback"};

typedef struct times {
    uint32_t *nanoseconds;
    size_t count;
} times;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int ascending(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void print(const char *round, times *of) {
    for (int kind = 0; kind < kinds; kind++) {
        size_t count = of[kind].count;
        if (count == 0) continue;
        qsort(of[kind].nanoseconds, count, sizeof(uint32_t), ascending);
        printf("| %s | %s | %zu | %.1f | %.1f |\n", round, names[kind], count, of[kind].nanoseconds[count / 2] / 1e3,
               of[kind].nanoseconds[count * 99 / 100] / 1e3);
        of[kind].count = 0;
    }
}

int main(int count, char **arguments) {
    if (count != 4) return fprintf(stderr, "usage: library BUNDLE QUESTIONS ROUNDS\n"), 64;
    size_t rounds = strtoul(arguments[3], NULL, 10);
    FILE *file = fopen(arguments[2], "r");
    if (!file || rounds == 0) return fprintf(stderr, "error: %s cannot be read, or there are no rounds\n", arguments[2]), 1;
    char **questions = NULL, *line = NULL;
    size_t question_count = 0, room = 0;
    for (ssize_t length; (length = getline(&line, &room, file)) > 0;) {
        if (line[length - 1] == '\n') line[--length] = 0;
        if (length == 0 || length > longest) continue;
        questions = realloc(questions, (question_count + 1) * sizeof *questions);
        questions[question_count++] = strdup(line);
    }
    almanac_t *bundle;
    almanac_session_t *session;
    almanac_status status = almanac_open(arguments[1], ALMANAC_OPEN_LAZY, &bundle, NULL);
    if (status == ALMANAC_OK) status = almanac_session_new(bundle, &session);
    if (status != ALMANAC_OK) return fprintf(stderr, "error: %s, %s\n", arguments[1], almanac_status_text(status)), 1;
    times of[kinds] = {0};
    for (int kind = 0; kind < kinds; kind++) of[kind].nanoseconds = malloc(question_count * rounds * sizeof(uint32_t));
    uint32_t *best = malloc(question_count * sizeof(uint32_t));
    int *kind_of = malloc(question_count * sizeof(int));
    // The first round meets chunks that are not checked yet.
    for (size_t round = 0; round <= rounds; round++) {
        for (size_t index = 0; index < question_count; index++) {
            almanac_request request = {
                .size = sizeof request, .text = questions[index], .text_length = strlen(questions[index])};
            almanac_result result = {.size = sizeof result};
            uint64_t begun = now();
            status = almanac_query(session, &request, &result);
            uint64_t took = now() - begun;
            if (status != ALMANAC_OK) return fprintf(stderr, "error: %s\n", almanac_status_text(status)), 1;
            int kind = result.outcome != ALMANAC_HIT ? 2 : result.match == ALMANAC_MATCH_EXACT ? 0 : 1;
            uint32_t time = took < UINT32_MAX ? (uint32_t)took : UINT32_MAX;
            of[kind].nanoseconds[of[kind].count++] = time;
            kind_of[index] = kind;
            if (round <= 1 || time < best[index]) best[index] = time;
        }
        if (round == 0) print("first", of);
    }
    print("warm", of);
    for (size_t index = 0; index < question_count; index++)
        of[kind_of[index]].nanoseconds[of[kind_of[index]].count++] = best[index];
    print("warm, the best of each question", of);
    almanac_session_free(session);
    almanac_close(bundle);
    return 0;
}
