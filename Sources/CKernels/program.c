// The C library hides these calls from strict ISO C unless asked.
#define _GNU_SOURCE 1
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/signalfd.h>

int32_t almanac_termination(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  // Whoever ignores SIGINT, as shells do for programs in the background, goes on ignoring it.
  struct sigaction action;
  if (sigaction(SIGINT, NULL, &action) == 0 && action.sa_handler == SIG_IGN) sigdelset(&signals, SIGINT);
  if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0) return -1;
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

void almanac_ignore_file_limit(void) { (void)signal(SIGXFSZ, SIG_IGN); }
#else
// Elsewhere the signals end the process as they always do.
int32_t almanac_termination(void) { return -1; }

void almanac_ignore_file_limit(void) {}
#endif

static almanac_wait_result wait_for(int32_t descriptor, short event, int32_t termination, int32_t milliseconds) {
  struct pollfd waits[2] = {{.fd = termination, .events = POLLIN}, {.fd = descriptor, .events = event}};
  for (;;) {
    int count = poll(waits, 2, milliseconds);
    if (count < 0 && errno == EINTR) continue;
    if (count > 0 && waits[0].revents != 0) return ALMANAC_WAIT_TERMINATED;
    // What cannot be waited for is tried; reading or writing it then says what is wrong.
    return count == 0 ? ALMANAC_WAIT_TIME_IS_UP : ALMANAC_WAIT_READY;
  }
}

almanac_wait_result almanac_wait_to_read(int32_t descriptor, int32_t termination, int32_t milliseconds) {
  return wait_for(descriptor, POLLIN, termination, milliseconds);
}

int32_t almanac_write_until(int32_t descriptor, const void *buffer, size_t count, int32_t termination) {
  const char *rest = buffer;
  while (count > 0) {
    if (wait_for(descriptor, POLLOUT, -1, 0) == ALMANAC_WAIT_TIME_IS_UP &&
        wait_for(descriptor, POLLOUT, termination, -1) == ALMANAC_WAIT_TERMINATED)
      return 1;
    // As much as a pipe that is ready takes without waiting.
    enum { PIPE_SHARE = 4096 };
    ssize_t written = write(descriptor, rest, count < PIPE_SHARE ? count : PIPE_SHARE);
    if (written < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) return -1;
    if (written < 0) continue;
    rest += written;
    count -= (size_t)written;
  }
  return 0;
}

int32_t almanac_write_now(int32_t descriptor, const void *buffer, size_t count) {
  struct stat before;
  int is_regular = fstat(descriptor, &before) == 0 && S_ISREG(before.st_mode);
  const char *rest = buffer;
  while (count > 0) {
    ssize_t written = write(descriptor, rest, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      int code = written == 0 ? EIO : errno;
      // Half a line would spoil the next one.
      if (is_regular && ftruncate(descriptor, before.st_size) != 0) code = errno;
      errno = code;
      return -1;
    }
    rest += written;
    count -= (size_t)written;
  }
  return 0;
}

static int32_t open_to_write(const char *path, int flags, int32_t is_private) {
  return open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags, is_private ? 0600 : 0644);
}

int32_t almanac_file_create(const char *path, int32_t is_private) {
  // A file that others planted in the folder must not lead elsewhere.
  return open_to_write(path, O_TRUNC | O_NOFOLLOW, is_private);
}

int32_t almanac_file_append(const char *path, int32_t is_private) { return open_to_write(path, O_APPEND, is_private); }

int32_t almanac_file_is_special(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

uint64_t almanac_file_size(int32_t descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}

int32_t almanac_file_close(int32_t descriptor) {
  int code = errno;
  if (descriptor >= 0 && close(descriptor) != 0) return -1;
  errno = code;
  return 0;
}

int32_t almanac_file_rename(const char *from, const char *to) { return rename(from, to); }

void almanac_file_remove(const char *path) { unlink(path); }
