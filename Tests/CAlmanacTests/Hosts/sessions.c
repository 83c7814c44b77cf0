/// Makes many sessions at once and proves that a thread with a small stack can close the bundle after them.
///
/// usage: sessions BUNDLE COUNT
#include <almanac.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static almanac_t *bundle;

static void *close_bundle(void *unused) {
    almanac_close(bundle);
    return unused;
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: sessions BUNDLE COUNT\n"), 64;
    long session_count = atol(arguments[2]);
    almanac_session_t **sessions = calloc((size_t)session_count, sizeof *sessions);
    if (!sessions || almanac_open(arguments[1], ALMANAC_OPEN_LAZY, &bundle, NULL) != ALMANAC_OK) return 1;
    for (long index = 0; index < session_count; index++)
        if (almanac_session_new(bundle, &sessions[index]) != ALMANAC_OK) return 2;
    for (long index = 0; index < session_count; index++) almanac_session_free(sessions[index]);
    free(sessions);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 32768);
    pthread_t thread;
    if (pthread_create(&thread, &attributes, close_bundle, NULL) != 0) return 3;
    pthread_join(thread, NULL);
    return 0;
}
