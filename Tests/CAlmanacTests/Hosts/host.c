/// A host program in C: asks a bundle every line of standard input and prints what came of it, one line each, as
/// `hit ENTRY` or `REASON`. tools/test links it with libalmanac.a and with libalmanac.so and compares.
#include <almanac.h>
#include <stdio.h>
#include <string.h>

static int failed(const char *what, almanac_status status, uint64_t detail) {
    fprintf(stderr, "error: %s, %s (%llu)\n", what, almanac_status_text(status), (unsigned long long)detail);
    return 1;
}

int main(int count, char **arguments) {
    if (count != 2) return fprintf(stderr, "usage: host BUNDLE\n"), 64;
    if (strcmp(almanac_version(), ALMANAC_VERSION) != 0) return fprintf(stderr, "error: header and library\n"), 1;
    almanac_t *bundle;
    almanac_session_t *session;
    uint64_t detail;
    almanac_status status = almanac_open(arguments[1], ALMANAC_OPEN_LAZY, &bundle, &detail);
    if (status != ALMANAC_OK) return failed(arguments[1], status, detail);
    status = almanac_session_new(bundle, &session);
    if (status != ALMANAC_OK) return failed("no session", status, 0);
    almanac_close(bundle); // The session keeps it open.

    char line[ALMANAC_MAXIMUM_TEXT];
    while (fgets(line, sizeof line, stdin)) {
        almanac_request request = {.size = sizeof request, .text = line, .text_length = strcspn(line, "\n")};
        almanac_result result = {.size = sizeof result};
        status = almanac_query(session, &request, &result);
        if (status != ALMANAC_OK) return failed(line, status, 0);
        if (result.outcome == ALMANAC_HIT) {
            if (result.answer.length == 0) return fprintf(stderr, "error: a hit without an answer\n"), 1;
            printf("hit %.*s\n", (int)result.entry.length, result.entry.start);
        } else {
            printf("%s\n", almanac_reason_name(result.reason));
        }
    }
    almanac_session_free(session);
    return 0;
}
