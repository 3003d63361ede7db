#include "base/file.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Left over from processes that were killed, temporary files may be in the way: so many are stepped
 * over. */
enum { MOST_TEMPORARY_NAMES = 1000 };

static bool fault(const char *verb, const char *path, int number, struct error *err)
{
    char buffer[100];
    return error_set(err, "cannot %s %s: %s", verb, path,
                     strerror_r(number, buffer, sizeof buffer));
}

/* 0 or errno's number. */
static int write_part(int descriptor, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t done = write(descriptor, data, length);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return errno;
        if (done == 0) return EIO;
        data += done;
        length -= (size_t)done;
    }
    return 0;
}

/* What is to be written. */
struct content {
    const struct file_part *parts;
    size_t count;
};

static int write_all(int descriptor, struct content content)
{
    int number = 0;
    for (size_t i = 0; i < content.count && !number; i++) {
        number = write_part(descriptor, content.parts[i].data, content.parts[i].length);
    }
    return number;
}

/* A device, a pipe or a terminal is written to as it is: renaming a file over /dev/null would
 * remove it. */
static bool write_in_place(const char *path, struct content content, struct error *err)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return fault("write", path, errno, err);
    int number = write_all(descriptor, content);
    if (close(descriptor) != 0 && !number) number = errno;
    return number ? fault("write", path, number, err) : true;
}

/* A new file beside `path`, with its name in `name` of PATH_MAX bytes; -1 and errno on failure. The
 * mode is given to open and not to chmod, so that the kernel applies the umask, which cannot be
 * read without changing it for every thread. */
static int open_temporary(const char *path, char *name)
{
    for (int i = 0; i < MOST_TEMPORARY_NAMES; i++) {
        int length = snprintf(name, PATH_MAX, "%s.%ld-%d.tmp", path, (long)getpid(), i);
        if (length < 0 || length >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

/* Writes beside `path`, then renames. `old` is what stands there now, or NULL; its permissions
 * stay. */
static int replace(const char *path, const struct stat *old, struct content content)
{
    char name[PATH_MAX];
    int descriptor = open_temporary(path, name);
    if (descriptor < 0) return errno;
    int number = write_all(descriptor, content);
    if (!number && old && fchmod(descriptor, old->st_mode & 07777) != 0) number = errno;
    if (!number && fsync(descriptor) != 0) number = errno;
    if (close(descriptor) != 0 && !number) number = errno;
    if (!number && rename(name, path) != 0) number = errno;
    if (number) unlink(name);
    return number;
}

bool file_write(const char *path, const char *data, size_t length, struct error *err)
{
    const struct file_part whole = {.data = data, .length = length};
    return file_write_parts(path, &whole, 1, err);
}

bool file_write_parts(const char *path, const struct file_part *parts, size_t count,
                      struct error *err)
{
    const struct content content = {.parts = parts, .count = count};
    struct stat status;
    bool exists = stat(path, &status) == 0;
    if (!exists && errno != ENOENT) return fault("write", path, errno, err);
    if (exists && S_ISDIR(status.st_mode))
        return error_set(err, "cannot write %s: a folder of that name is there", path);
    if (exists && !S_ISREG(status.st_mode)) return write_in_place(path, content, err);

    /* A link stays a link: what it points to is replaced. */
    char *target = exists ? realpath(path, NULL) : NULL;
    if (exists && !target) return fault("write", path, errno, err);
    int number = replace(target ? target : path, exists ? &status : NULL, content);
    free(target);
    if (!number) return true;
    fault("write", path, number, err);
    if (number == ENOENT) error_hint(err, "make the folder first, or give another path");
    return false;
}

/* 0 or errno's number. A folder that is there is as good as one made. */
static int make_one(const char *path)
{
    if (mkdir(path, 0777) == 0) return 0;
    int number = errno;
    struct stat status;
    if (stat(path, &status) != 0) return number;
    return S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
}

bool file_make_folder(const char *path, struct error *err)
{
    if (*path == '\0') return error_set(err, "cannot make a folder: its path is empty");
    struct arena *scratch = arena_new();
    char *part = arena_copy(scratch, path);
    int number = 0;
    for (size_t i = 1; !number && part[i]; i++) {
        if (part[i] != '/' || part[i - 1] == '/') continue;
        part[i] = '\0';
        number = make_one(part);
        part[i] = '/';
    }
    if (!number) number = make_one(part);
    arena_free(scratch);
    return number ? fault("make the folder", path, number, err) : true;
}
