#include "judge.h"

// `#embed` is C23; clang takes it in every older standard too, and by default warns that it is an extension there.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wc23-extensions"
#endif

static const unsigned char judge[] = {
#embed "judge.bin"
};

const unsigned long almanac_judge_size = sizeof judge;

const unsigned char *almanac_judge_bytes(void) { return judge; }
