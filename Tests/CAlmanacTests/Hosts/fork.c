/// Opens a bundle, forks, and proves that parent and children answer, reload for themselves and share what is known of the
/// file: a part that a child has checked is not read from the file again by the parent.
///
/// usage: fork BUNDLE QUESTION
#include <almanac.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *question;
static almanac_t *bundle;
static atomic_int is_over;

static int answers(void) {
    almanac_session_t *session;
    if (almanac_session_new(bundle, &session) != ALMANAC_OK) return 0;
    almanac_request request = {.size = sizeof request, .text = question, .text_length = strlen(question)};
    almanac_result result = {.size = sizeof result};
    int is_hit = almanac_query(session, &request, &result) == ALMANAC_OK && result.outcome == ALMANAC_HIT;
    almanac_session_free(session);
    return is_hit;
}

// Asks and reloads without end, so that the fork meets every state.
static void *disturb(void *unused) {
    while (!atomic_load(&is_over)) {
        if (!answers() || almanac_reload(bundle, NULL, ALMANAC_OPEN_LAZY, NULL) != ALMANAC_OK) return "failed";
    }
    return unused;
}

static int child(int depth) {
    for (int count = 0; count < 20; count++) {
        if (!answers()) return 1;
        if (almanac_reload(bundle, NULL, ALMANAC_OPEN_HOT, NULL) != ALMANAC_OK) return 2;
    }
    if (depth > 0) {
        pid_t process = fork();
        if (process == 0) _exit(child(depth - 1));
        int status;
        if (process < 0 || waitpid(process, &status, 0) != process || status != 0) return 3;
    }
    almanac_close(bundle);
    return 0;
}

int main(int count, char **arguments) {
    if (count != 3) return fprintf(stderr, "usage: fork BUNDLE QUESTION\n"), 64;
    question = arguments[2];
    if (almanac_open(arguments[1], ALMANAC_OPEN_LAZY, &bundle, NULL) != ALMANAC_OK) return 1;
    pthread_t threads[2];
    for (int index = 0; index < 2; index++) pthread_create(&threads[index], NULL, disturb, NULL);
    int failed = 0;
    for (int round = 0; round < 50; round++) {
        pid_t process = fork();
        if (process == 0) _exit(child(1));
        int status;
        if (process < 0 || waitpid(process, &status, 0) != process || status != 0) {
            fprintf(stderr, "error: child of round %d ended with %x\n", round, status);
            failed = 1;
        }
    }
    atomic_store(&is_over, 1);
    for (int index = 0; index < 2; index++) {
        void *problem;
        pthread_join(threads[index], &problem);
        if (problem) fprintf(stderr, "error: a thread %s\n", (char *)problem), failed = 1;
    }
    almanac_close(bundle);
    return failed;
}
