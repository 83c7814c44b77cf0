/// The lexicon of marks as people edit it, `marks-lexicon.txt`, linked into the compiler unchanged.
#ifndef ALMANAC_MARKS_H
#define ALMANAC_MARKS_H

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// The file's bytes, UTF-8.
const unsigned char *almanac_marks_lexicon(void);

/// How many bytes the file has.
unsigned long almanac_marks_lexicon_size(void);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif

#endif
