/*
 * Makes a durable system call of the gateway fail, once or from then on. Preloaded into keeper and intakes; the plan is a file
 * mapped by all of them, so that one count runs over all processes and the test can change it while they run.
 *
 * struct plan, little endian:
 *   0  int32  kinds: which calls to fail, one bit each (see enum), 0 = any of them
 *   4  int32  countdown: fail the call that brings it from 1 to 0; 0 = fail nothing
 *   8  int32  errno to answer with
 *  12  int32  sticky: 1 = every later matching call fails too, until countdown is written again
 *  16  int32  seen: matching calls so far
 *  20  int32  failed: calls failed so far
 *  24  char[1000] prefix: only files under this folder count
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, RENAME = 4, OPEN = 8, TRUNCATE = 16, UNLINK = 32, MKDIR = 64 };

struct plan {
  int kinds, countdown, error, sticky, seen, failed;
  char prefix[1000];
};

static struct plan *plan;

__attribute__((constructor)) static void attach(void) {
  const char *path = getenv("LEADGLASS_FAULT_PLAN");
  if (path == NULL) return;
  int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  int fd = real_open(path, O_RDWR);
  if (fd < 0) return;
  void *at = mmap(NULL, sizeof(struct plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (at != MAP_FAILED) plan = at;
}

static int under(const char *path) {
  size_t length = strnlen(plan->prefix, sizeof plan->prefix);
  return length > 0 && path != NULL && strncmp(path, plan->prefix, length) == 0;
}

static int fd_under(int fd) {
  char link[64], path[1200];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return under(path);
}

static int fails(int kind) {
  if (plan->kinds != 0 && (plan->kinds & kind) == 0) return 0;
  __atomic_add_fetch(&plan->seen, 1, __ATOMIC_SEQ_CST);
  int left = __atomic_load_n(&plan->countdown, __ATOMIC_SEQ_CST);
  // Exactly one thread of one process takes each number.
  while (left > 1 || (left == 1 && !plan->sticky)) {
    if (__atomic_compare_exchange_n(&plan->countdown, &left, left - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) break;
  }
  if (left != 1) return 0;
  __atomic_add_fetch(&plan->failed, 1, __ATOMIC_SEQ_CST);
  errno = plan->error;
  return 1;
}

#define FD_CALL(result, name, kind, declared, passed)                      \
  result name declared {                                                   \
    static result(*real) declared;                                         \
    if (real == NULL) real = dlsym(RTLD_NEXT, #name);                      \
    if (plan != NULL && fd_under(fd) && fails(kind)) return -1;            \
    return real passed;                                                    \
  }

FD_CALL(ssize_t, write, WRITE, (int fd, const void *data, size_t size), (fd, data, size))
FD_CALL(ssize_t, writev, WRITE, (int fd, const struct iovec *parts, int count), (fd, parts, count))
FD_CALL(ssize_t, pwrite, WRITE, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
FD_CALL(ssize_t, pwrite64, WRITE, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
FD_CALL(ssize_t, pwritev, WRITE, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
FD_CALL(ssize_t, pwritev64, WRITE, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
FD_CALL(int, fsync, SYNC, (int fd), (fd))
FD_CALL(int, fdatasync, SYNC, (int fd), (fd))
FD_CALL(int, ftruncate, TRUNCATE, (int fd, off_t size), (fd, size))
FD_CALL(int, ftruncate64, TRUNCATE, (int fd, off64_t size), (fd, size))

#define PATH_CALL(name, kind, declared, passed, path)                      \
  int name declared {                                                      \
    static int(*real) declared;                                            \
    if (real == NULL) real = dlsym(RTLD_NEXT, #name);                      \
    if (plan != NULL && under(path) && fails(kind)) return -1;             \
    return real passed;                                                    \
  }

PATH_CALL(rename, RENAME, (const char *from, const char *to), (from, to), to)
PATH_CALL(unlink, UNLINK, (const char *path), (path), path)
PATH_CALL(rmdir, UNLINK, (const char *path), (path), path)
PATH_CALL(mkdir, MKDIR, (const char *path, mode_t mode), (path, mode), path)

#define OPEN_CALL(name)                                                    \
  int name(const char *path, int flags, ...) {                             \
    static int (*real)(const char *, int, ...);                            \
    if (real == NULL) real = dlsym(RTLD_NEXT, #name);                      \
    va_list rest;                                                          \
    va_start(rest, flags);                                                 \
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                          \
    if (plan != NULL && (flags & O_CREAT) && under(path) && fails(OPEN)) return -1; \
    return real(path, flags, mode);                                        \
  }

OPEN_CALL(open)
OPEN_CALL(open64)
