#include "prior.h"

// `#embed` is C23; clang takes it in every older standard too, and by default warns that it is an extension there.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wc23-extensions"
#endif

// Aligned so that rows, which start on a multiple of 64 in the file, start on one in memory as well.
_Alignas(64) const unsigned char almanac_prior[] = {
#embed "prior.bin"
};

const unsigned long almanac_prior_size = sizeof almanac_prior;

const unsigned char *almanac_prior_bytes(void) { return almanac_prior; }
