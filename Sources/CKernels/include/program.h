/// What a program that runs on its own needs of the operating system beyond platform.h: to write files, and to wait for
/// input and signals at once. The libraries do not contain it.
#ifndef ALMANAC_PROGRAM_H
#define ALMANAC_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

/// A descriptor that becomes readable when the process is asked to end (SIGTERM, SIGINT), which from now on does not end it
/// by itself; -1 on error.
int32_t almanac_termination(void);

/// From now on a write beyond the limit on the size of files fails, and does not end the process.
void almanac_ignore_file_limit(void);

/// What a wait ended with.
typedef enum {
  /// The descriptor can be read or written, or its other end is gone.
  ALMANAC_WAIT_READY = 0,
  ALMANAC_WAIT_TIME_IS_UP = 1,
  /// The process was asked to end.
  ALMANAC_WAIT_TERMINATED = 2,
} almanac_wait_result;

/// Waits until `descriptor` can be read, `termination` can, or `milliseconds` are over; negative: any time. A negative
/// descriptor is not waited for.
almanac_wait_result almanac_wait_to_read(int32_t descriptor, int32_t termination, int32_t milliseconds);

/// Writes all bytes, waiting for the reader of a pipe or socket no longer than until `termination` can be read. Returns 0, 1 if
/// it ended for that, -1 on error.
int32_t almanac_write_until(int32_t descriptor, const void *buffer, size_t count, int32_t termination);

/// Writes all bytes without waiting for anybody. Returns 0, or -1 on error; a regular file then ends where it did before.
int32_t almanac_write_now(int32_t descriptor, const void *buffer, size_t count);

/// Opens a file for writing: new or emptied, or to append to. One that is created can be read by its owner only if
/// `is_private`. A named pipe that nobody reads is an error. Returns a descriptor, or -1 on error.
int32_t almanac_file_create(const char *path, int32_t is_private);
int32_t almanac_file_append(const char *path, int32_t is_private);

/// Whether there is something at `path` that is no regular file, such as a device or a pipe.
int32_t almanac_file_is_special(const char *path);

/// The size of an open file; 0 if it has none.
uint64_t almanac_file_size(int32_t descriptor);

/// Gives back a descriptor; negative ones are ignored. Returns 0 and leaves the last error as it was, or -1 if what was written
/// may be lost.
int32_t almanac_file_close(int32_t descriptor);

/// Renames a file over another. Returns 0, or -1 on error.
int32_t almanac_file_rename(const char *from, const char *to);

/// Removes a file, if it is there.
void almanac_file_remove(const char *path);

#endif
