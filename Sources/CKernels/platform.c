// The C library hides these calls from strict ISO C unless asked.
#define _GNU_SOURCE 1
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static almanac_file failed(int code) { return (almanac_file){.start = NULL, .length = 0, .code = code}; }

static int open_regular(const char *path, size_t *length, int *code) {
  // Without O_NONBLOCK a named pipe would stop the host until somebody writes to it.
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    *code = errno;
    return -1;
  }
  struct stat status;
  if (fstat(descriptor, &status) != 0) {
    *code = errno;
  } else if (S_ISDIR(status.st_mode)) {
    *code = EISDIR;
  } else if (!S_ISREG(status.st_mode)) {
    *code = EINVAL;
  } else {
    *length = (size_t)status.st_size;
    return descriptor;
  }
  close(descriptor);
  return -1;
}

almanac_file almanac_file_map(const char *path) {
  size_t length = 0;
  int code = 0;
  int descriptor = open_regular(path, &length, &code);
  if (descriptor < 0) return failed(code);
  // A mapping cannot be empty; one page of zeros stands for an empty file, whose length says that none may be read.
  void *start = length == 0 ? mmap(NULL, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                            : mmap(NULL, length, PROT_READ, MAP_SHARED, descriptor, 0);
  code = errno;
  close(descriptor);
  if (start == MAP_FAILED) return failed(code);
  return (almanac_file){.start = start, .length = length, .code = 0};
}

void almanac_will_read(const void *start, size_t length) {
  const uintptr_t page = 4096, first = (uintptr_t)start & ~(page - 1);
  // Only a hint: where it is refused, reading is slower and nothing else.
  const int before = errno;
  (void)madvise((void *)first, (uintptr_t)start - first + length, MADV_WILLNEED);
  errno = before;
}

almanac_file almanac_file_copy(const char *path) {
  size_t length = 0;
  int code = 0;
  int descriptor = open_regular(path, &length, &code);
  if (descriptor < 0) return failed(code);
  size_t size = length == 0 ? 1 : length;
  char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) {
    code = errno;
    close(descriptor);
    return failed(code);
  }
  size_t done = 0;
  while (done < length) {
    ptrdiff_t count = almanac_read(descriptor, start + done, length - done);
    if (count <= 0) {
      code = count < 0 ? errno : EIO;
      munmap(start, size);
      close(descriptor);
      return failed(code);
    }
    done += (size_t)count;
  }
  close(descriptor);
  return (almanac_file){.start = start, .length = length, .code = 0};
}

void almanac_file_release(almanac_file file) {
  if (file.start) munmap((void *)file.start, file.length == 0 ? 1 : file.length);
}

// One step of FNV-1a, eight bytes at a time.
static uint64_t mixed(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x100000001B3u;
  return hash ^ hash >> 29;
}

uint64_t almanac_file_identity(const char *path) {
  struct stat status;
  if (stat(path, &status) != 0) return 0;
  uint64_t hash = 0xCBF29CE484222325u;
  hash = mixed(hash, (uint64_t)status.st_dev);
  hash = mixed(hash, (uint64_t)status.st_ino);
  hash = mixed(hash, (uint64_t)status.st_size);
  hash = mixed(hash, (uint64_t)status.st_mtim.tv_sec);
  hash = mixed(hash, (uint64_t)status.st_mtim.tv_nsec);
  // An inode may be given anew to a file of the same size and time; the time of its change is then another.
  hash = mixed(hash, (uint64_t)status.st_ctim.tv_sec);
  hash = mixed(hash, (uint64_t)status.st_ctim.tv_nsec);
  return hash == 0 ? 1 : hash;
}

int32_t almanac_process(void) { return (int32_t)getpid(); }

void *almanac_shared_memory(size_t length) {
  void *start = mmap(NULL, length == 0 ? 1 : length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return start == MAP_FAILED ? NULL : start;
}

void almanac_shared_memory_release(void *start, size_t length) {
  if (start) munmap(start, length == 0 ? 1 : length);
}

uint64_t almanac_monotonic_nanoseconds(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t almanac_unix_seconds(void) {
  struct timespec now;
  return clock_gettime(CLOCK_REALTIME, &now) == 0 ? (int64_t)now.tv_sec : 0;
}

// Whether a call that failed is worth trying again. A descriptor that somebody else made non-blocking is waited for.
static int may_try_again(int32_t descriptor, short event) {
  if (errno == EINTR) return 1;
  if (errno != EAGAIN && errno != EWOULDBLOCK) return 0;
  struct pollfd wait = {.fd = descriptor, .events = event};
  return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

ptrdiff_t almanac_read(int32_t descriptor, void *buffer, size_t capacity) {
  for (;;) {
    ssize_t count = read(descriptor, buffer, capacity);
    if (count >= 0 || !may_try_again(descriptor, POLLIN)) return count;
  }
}

int32_t almanac_write(int32_t descriptor, const void *buffer, size_t count) {
  const char *rest = buffer;
  while (count > 0) {
    ssize_t written = write(descriptor, rest, count);
    if (written < 0) {
      if (may_try_again(descriptor, POLLOUT)) continue;
      return -1;
    }
    rest += written;
    count -= (size_t)written;
  }
  return 0;
}

int32_t almanac_last_error(void) { return errno; }

int32_t almanac_is_broken_pipe(int32_t code) { return code == EPIPE; }

size_t almanac_string_length(const char *text) { return strlen(text); }
