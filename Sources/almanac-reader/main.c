// The C side of almanac-reader: Embedded Swift has neither `main` nor the command line.
#include <signal.h>

int almanac_reader_main(int argument_count, const char *const *arguments);

int main(int argument_count, char **arguments) {
  // A caller that stops reading is no reason to die of a signal: the next write then says so, and the program ends.
  signal(SIGPIPE, SIG_IGN);
  return almanac_reader_main(argument_count, (const char *const *)arguments);
}
