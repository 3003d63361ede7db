#include "models/ann/mapped_file.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fault(const char *verb, int number, struct error *err)
{
    char buffer[100];
    return error_set(err, "the file cannot be %s: %s", verb,
                     strerror_r(number, buffer, sizeof buffer));
}

static bool map(int descriptor, struct mapped_file *file, struct error *err)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0) return fault("examined", errno, err);
    if (!S_ISREG(status.st_mode)) return error_set(err, "this is not a regular file");
    if (status.st_size <= 0) return error_set(err, "the file is empty");
    file->length = (size_t)status.st_size;
    file->bytes = mmap(NULL, file->length, PROT_READ, MAP_PRIVATE, descriptor, 0);
    return file->bytes != MAP_FAILED || fault("mapped", errno, err);
}

bool mapped_file_open(const char *path, struct mapped_file *file, struct error *err)
{
    /* Not to wait for the other end of a pipe. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool good = descriptor >= 0 ? map(descriptor, file, err) : fault("opened", errno, err);
    if (descriptor >= 0) close(descriptor);
    if (!good) err->place.file = path;
    return good;
}

void mapped_file_close(struct mapped_file *file)
{
    munmap(file->bytes, file->length);
}
