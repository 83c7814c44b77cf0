// What the edge parts are linked with in place of library code that they do not use.

#include <emmintrin.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// Embedded Swift 6.3 does not give back an object whose initialiser throws: each bundle that is refused would cost 600
// bytes. What the object held is released before; no class here has a superclass.
void swift_deallocPartialClassInstance(void *object, const void *metadata, size_t size, size_t alignment_mask) {
  (void)metadata, (void)size, (void)alignment_mask;
  free(object);
}

// Of libsodium only BLAKE2b and the check of Ed25519 signatures are used. They refer to these four functions; libsodium's own
// would bring in its start-up, and with that every cipher, the random numbers and code that is not position-independent.
// Nothing here calls sodium_init, so BLAKE2b stays with its portable C, the fastest of its variants where we measured them.
void sodium_memzero(void *const start, const size_t length) { memset(start, 0, length); }
// Of keys and signatures, which are public: the time that it takes tells nobody anything.
int sodium_memcmp(const void *const left, const void *const right, size_t length) {
  return memcmp(left, right, length) == 0 ? 0 : -1;
}
int sodium_is_zero(const unsigned char *bytes, const size_t length) {
  for (size_t index = 0; index < length; index++)
    if (bytes[index] != 0) return 0;
  return 1;
}
void sodium_misuse(void) { __builtin_trap(); }

// The variants of BLAKE2b that sodium_init would choose among: 20 KB that are never reached.
#define NEVER_CALLED(name) \
  int name(void) { __builtin_trap(); }
NEVER_CALLED(blake2b_compress_ssse3)
NEVER_CALLED(blake2b_compress_sse41)
NEVER_CALLED(blake2b_compress_avx2)

// Debug checks in libsodium, on arguments that never vary; the C library's own brings in formatted output.
void __assert_fail(const char *assertion, const char *file, unsigned line, const char *function) {
  (void)assertion, (void)file, (void)line, (void)function;
  __builtin_trap();
}

// Seeds the hashing of Swift's sets and dictionaries, which no reader uses; musl has no such function.
void arc4random_buf(void *start, size_t length) { memset(start, 0, length); }

// The C library's lives in a library of its own that every host would have to link; it is one instruction.
double sqrt(double value) { return _mm_cvtsd_f64(_mm_sqrt_sd(_mm_setzero_pd(), _mm_set_sd(value))); }

// Debian's libzstd also decodes the formats of 2016 (versions 0.5 to 0.7): 90 KB that no bundle needs and only an
// attacker would use. The calls that lead there get "unsupported version" instead.
static const size_t unsupported_version = (size_t)-12;
#define REFUSE(name) \
  size_t name(void) { return unsupported_version; }
#define REFUSE_VERSION(version)                                                                                      \
  REFUSE(ZSTD##version##_getFrameParams)                                                                             \
  REFUSE(ZSTD##version##_createDCtx)                                                                                 \
  REFUSE(ZSTD##version##_decompress_usingDict)                                                                       \
  REFUSE(ZSTD##version##_freeDCtx)                                                                                   \
  REFUSE(ZBUFF##version##_createDCtx)                                                                                \
  REFUSE(ZBUFF##version##_decompressInitDictionary)                                                                  \
  REFUSE(ZBUFF##version##_decompressContinue)                                                                        \
  REFUSE(ZBUFF##version##_freeDCtx)                                                                                  \
  void ZSTD##version##_findFrameSizeInfoLegacy(                                                                      \
      const void *source, size_t source_size, size_t *compressed_size, unsigned long long *decompressed_bound) {     \
    (void)source, (void)source_size;                                                                                 \
    *compressed_size = unsupported_version;                                                                          \
    *decompressed_bound = (unsigned long long)-2;                                                                    \
  }
REFUSE_VERSION(v05)
REFUSE_VERSION(v06)
REFUSE_VERSION(v07)
