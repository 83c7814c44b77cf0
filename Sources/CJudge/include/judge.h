/// The judge: small trees that tell from evidence whether a stored question asks for the same answer as a query. The bytes are
/// those of `decision/judge` in a bundle; tools/judge/train.py writes them and its README tells how and from what.
#ifndef ALMANAC_JUDGE_H
#define ALMANAC_JUDGE_H

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// How many bytes there are.
extern const unsigned long almanac_judge_size;

/// The first byte.
const unsigned char *almanac_judge_bytes(void);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#endif
