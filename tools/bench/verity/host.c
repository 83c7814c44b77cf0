// Asks two builds of libalmanac the same questions in turn, and compares the time that a question takes when everything it needs
// has been checked before. Usage: host FIRST.so SECOND.so BUNDLE QUESTIONS ROUNDS, or host ONLY.so BUNDLE QUESTIONS ROUNDS
#include "almanac.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAXIMUM_QUESTIONS = 100000, MAXIMUM_ROUNDS = 10000 };

struct build {
  almanac_t *bundle;
  almanac_session_t *session;
  almanac_status (*query)(almanac_session_t *, const almanac_request *, almanac_result *);
  double rounds[MAXIMUM_ROUNDS];
  long hits;
};

static char *questions[MAXIMUM_QUESTIONS];
static int question_count;

static void *function(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found) {
    fprintf(stderr, "error: no %s, give a libalmanac.so\n", name);
    exit(1);
  }
  return found;
}

static void open_build(struct build *build, const char *path, const char *bundle) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    fprintf(stderr, "error: %s\n", dlerror());
    exit(1);
  }
  almanac_status (*open)(const char *, almanac_open_mode, almanac_t **, uint64_t *) = function(library, "almanac_open");
  almanac_status (*start)(almanac_t *, almanac_session_t **) = function(library, "almanac_session_new");
  build->query = function(library, "almanac_query");
  if (open(bundle, ALMANAC_OPEN_LAZY, &build->bundle, NULL) != ALMANAC_OK || start(build->bundle, &build->session) != ALMANAC_OK) {
    fprintf(stderr, "error: %s is refused\n", bundle);
    exit(1);
  }
}

static double ask_all(struct build *build) {
  struct timespec begin, end;
  build->hits = 0;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int i = 0; i < question_count; i++) {
    almanac_request request = {.size = sizeof request, .text = questions[i], .text_length = strlen(questions[i]), .now = 1780000000};
    almanac_result result = {.size = sizeof result};
    if (build->query(build->session, &request, &result) == ALMANAC_OK) build->hits += result.outcome == ALMANAC_HIT;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  return ((end.tv_sec - begin.tv_sec) * 1e6 + (end.tv_nsec - begin.tv_nsec) / 1e3) / question_count;
}

static int ascending(const void *first, const void *second) {
  double a = *(const double *)first, b = *(const double *)second;
  return (a > b) - (a < b);
}

static double median(double *values, int count) {
  qsort(values, count, sizeof *values, ascending);
  return values[count / 2];
}

int main(int count, char **arguments) {
  static struct build builds[2];
  static double ratios[MAXIMUM_ROUNDS];
  int build_count = count - 4;
  if (build_count != 1 && build_count != 2) return 64;
  const char *bundle = arguments[1 + build_count];
  FILE *file = fopen(arguments[2 + build_count], "r");
  int rounds = atoi(arguments[3 + build_count]);
  static char line[8192];
  if (!file || rounds < 1 || rounds > MAXIMUM_ROUNDS) return 64;
  while (question_count < MAXIMUM_QUESTIONS && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    if (*line) questions[question_count++] = strdup(line);
  }
  for (int i = 0; i < build_count; i++) {
    open_build(&builds[i], arguments[1 + i], bundle);
    // The first two rounds check what is read, and fill the caches.
    ask_all(&builds[i]);
    ask_all(&builds[i]);
  }
  for (int round = 0; round < rounds; round++) {
    // Each goes first as often as the other.
    for (int turn = 0; turn < build_count; turn++) {
      struct build *build = &builds[(round + turn) % build_count];
      build->rounds[round] = ask_all(build);
    }
    ratios[round] = builds[0].rounds[round] / builds[build_count - 1].rounds[round];
  }
  for (int i = 0; i < build_count; i++) {
    printf("%s: %d questions, %ld hits, median %.3f us\n", arguments[1 + i], question_count, builds[i].hits, median(builds[i].rounds, rounds));
  }
  if (build_count == 2) {
    if (builds[0].hits != builds[1].hits) return 1;
    qsort(ratios, rounds, sizeof *ratios, ascending);
    printf("the first takes %+.2f %% (median of %d rounds; quartiles %+.2f, %+.2f)\n", 100 * (ratios[rounds / 2] - 1), rounds,
      100 * (ratios[rounds / 4] - 1), 100 * (ratios[rounds * 3 / 4] - 1));
  }
  return 0;
}
