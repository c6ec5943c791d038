/* Stands between the server and the disk (LD_PRELOAD), for the store's files only. The files in
   the folder $FAULTS say what goes wrong: `fail-sync`, `fail-write`, `hold-sync`, `slow-sync`.
   Each sync that succeeded adds a byte to `syncs`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int asked(const char *fault) {
    char path[4096];
    const char *folder = getenv("FAULTS");
    if (!folder) return 0;
    snprintf(path, sizeof path, "%s/%s", folder, fault);
    return access(path, F_OK) == 0;
}

static int is_store(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "tidings.db") != NULL;
}

static void count(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s/syncs", getenv("FAULTS"));
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd >= 0 && write(fd, "s", 1) == 1) close(fd);
}

static int sync_with(const char *name, int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (!getenv("FAULTS") || !is_store(fd)) return real(fd);
    if (asked("slow-sync")) usleep(20000);
    while (asked("hold-sync")) usleep(1000);
    if (asked("fail-sync")) {
        errno = EIO;
        return -1;
    }
    int done = real(fd);
    if (done == 0) count();
    return done;
}

int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }

static int write_fails(int fd) {
    if (!asked("fail-write") || !is_store(fd)) return 0;
    errno = EIO;
    return 1;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    ssize_t (*real)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    return write_fails(fd) ? -1 : real(fd, bytes, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    ssize_t (*real)(int, const void *, size_t, off64_t) =
        (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    return write_fails(fd) ? -1 : real(fd, bytes, size, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return pwrite64(fd, bytes, size, at); }
