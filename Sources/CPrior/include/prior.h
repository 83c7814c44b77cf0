/// The general prior: a token table that turns ordinary English text into a vector in the space of all-MiniLM-L6-v2
/// without a neural network. The compiler starts a bundle's own table from it, and uses it as it is for small bundles.
///
/// tools/prior/train.py writes the file and tools/prior/README.md tells how, from what texts, and how well it does.
/// The bytes below are that file, unchanged; nothing is decoded or copied when the program starts.
///
/// Layout, little-endian; every part starts on a multiple of 64 bytes and the gaps are zero:
///
///     offset  type  what
///          0  u8×8  "ALMPRIOR"
///          8  u32   version, 1
///         12  u32   number of tokens, n
///         16  u32   dimensions, 384
///         20  u32   bytes of the vocabulary
///         24  f64   unit: a component is worth int8 × scale × unit
///         32  u8×32 embedding space the vectors lie in, ASCII, padded with zeros
///         64        vocabulary: for each token one byte kind (0 starts a word, 1 continues one), one byte length, UTF-8 bytes;
///                   the token most frequent in the training questions first
///                   scales: u16 × n
///                   rows: int8 × 384 × n, each component -127…127
///
/// A text's vector is the sum of scale × row over its tokens; only its direction means anything.
#ifndef ALMANAC_PRIOR_H
#define ALMANAC_PRIOR_H

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __clang__
#pragma clang assume_nonnull begin
#endif

/// The file's bytes, aligned to 64.
extern const unsigned char almanac_prior[];
/// How many bytes `almanac_prior` holds.
extern const unsigned long almanac_prior_size;

/// The same address as `almanac_prior`: Swift cannot see a C array whose length the declaration leaves open.
const unsigned char *almanac_prior_bytes(void);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif

#endif
