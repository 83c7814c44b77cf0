#include "marks.h"

// `#embed` is C23; clang takes it in every older standard too, and by default warns that it is an extension there.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wc23-extensions"
#endif

static const unsigned char lexicon[] = {
#embed "marks-lexicon.txt"
};

const unsigned char *almanac_marks_lexicon(void) { return lexicon; }

unsigned long almanac_marks_lexicon_size(void) { return sizeof lexicon; }
