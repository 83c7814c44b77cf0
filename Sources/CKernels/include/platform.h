/// The few services of the operating system that the reader needs, since Embedded Swift has no overlay of the C library.
///
/// Nothing here keeps state, installs a signal handler or starts a thread.
#ifndef ALMANAC_PLATFORM_H
#define ALMANAC_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/// A file's bytes in memory, or why there are none.
typedef struct {
  /// The first byte, or NULL if the file could not be opened.
  const void *start;
  /// The number of bytes.
  size_t length;
  /// `errno` of the call that failed, or zero.
  int32_t code;
} almanac_file;

/// Maps a regular file read-only and shared; its descriptor is closed again.
almanac_file almanac_file_map(const char *path);

/// Reads a regular file into private memory, so that later changes of the file cannot reach it.
almanac_file almanac_file_copy(const char *path);

/// Gives back what almanac_file_map or almanac_file_copy returned.
void almanac_file_release(almanac_file file);

/// Tells the kernel that these bytes of a mapped file will be read soon, and returns while they are on their way.
void almanac_will_read(const void *start, size_t length);

/// Zeroed memory that processes forked later share with this one. NULL if there is none to be had.
void *almanac_shared_memory(size_t length);

/// Gives back what almanac_shared_memory returned.
void almanac_shared_memory_release(void *start, size_t length);

/// Loads a byte that another thread or process may store to at the same time.
static inline uint8_t almanac_load_byte(const uint8_t *byte) { return __atomic_load_n(byte, __ATOMIC_RELAXED); }

/// Stores a byte that another thread or process may load at the same time.
static inline void almanac_store_byte(uint8_t *byte, uint8_t value) { __atomic_store_n(byte, value, __ATOMIC_RELAXED); }

/// Loads a word that one other thread may store to at the same time.
static inline uint64_t almanac_load_word(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }

/// Stores a word that other threads may load at the same time.
static inline void almanac_store_word(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }

/// A number that tells the file at `path` from those that lay there before and after it: of device, inode, size and
/// times. Zero if there is none.
uint64_t almanac_file_identity(const char *path);

/// The number of this process.
int32_t almanac_process(void);

/// Nanoseconds of a clock that never goes back; its origin has no meaning.
uint64_t almanac_monotonic_nanoseconds(void);

/// Seconds since 1970 by the system's clock.
int64_t almanac_unix_seconds(void);

/// Reads at most `capacity` bytes from a descriptor, again if interrupted, and waits until some are there. Returns the
/// number read, 0 at the end, -1 on error.
ptrdiff_t almanac_read(int32_t descriptor, void *buffer, size_t capacity);

/// Writes all bytes to a descriptor, again if interrupted, and waits while it takes none. Returns 0, or -1 on error.
int32_t almanac_write(int32_t descriptor, const void *buffer, size_t count);

/// `errno` of the last call above that failed in this thread.
int32_t almanac_last_error(void);

/// Whether an error means that nobody reads the other end of a pipe any more.
int32_t almanac_is_broken_pipe(int32_t code);

/// The length of a C string.
size_t almanac_string_length(const char *text);

#endif
