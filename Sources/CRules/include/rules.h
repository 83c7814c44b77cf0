/// The patterns of courtesy and never-classes that come with the compiler: `rules.yaml`, unchanged.
///
/// The head of that file says how patterns are written.
#ifndef ALMANAC_RULES_H
#define ALMANAC_RULES_H

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// How many bytes the file has.
extern const unsigned long almanac_rules_size;

/// The file's bytes, UTF-8.
const unsigned char *almanac_rules_bytes(void);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif

#endif
