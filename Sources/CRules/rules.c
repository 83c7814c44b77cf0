#include "rules.h"

// `#embed` is C23; clang takes it in every older standard too, and by default warns that it is an extension there.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wc23-extensions"
#endif

static const unsigned char rules[] = {
#embed "rules.yaml"
};

const unsigned long almanac_rules_size = sizeof rules;

const unsigned char *almanac_rules_bytes(void) { return rules; }
