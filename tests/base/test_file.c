#include "base/arena.h"
#include "base/document.h"
#include "base/file.h"
#include "tests/base/place.h"
#include "tests/base/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void assert_holds(const char *path, const char *data, size_t length)
{
    struct arena *arena = arena_new();
    struct error err;
    char *text;
    size_t found;
    assert_true(document_load(arena, path, &text, &found, &err));
    assert_int_equal(found, length);
    assert_memory_equal(text, data, length);
    assert_int_equal(text[length], '\0');
    arena_free(arena);
}

static int entries_in(const char *path)
{
    DIR *folder = opendir(path);
    assert_non_null(folder);
    int count = 0;
    while (readdir(folder)) count++;
    closedir(folder);
    return count - 2; /* . and .. */
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static void files_are_made_and_replaced(void **state)
{
    struct error err;
    struct path path = below(state, "result.json");
    assert_true(file_write(path.text, "one\0two", 7, &err));
    assert_holds(path.text, "one\0two", 7);
    assert_true(file_write(path.text, "", 0, &err));
    assert_holds(path.text, "", 0);

    size_t size = 3u << 20;
    char *large = malloc(size);
    assert_non_null(large);
    for (size_t i = 0; i < size; i++) large[i] = (char)(i * 31 >> 3);
    assert_true(file_write(path.text, large, size, &err));
    assert_holds(path.text, large, size);
    free(large);
    assert_int_equal(entries_in(*state), 1); /* no temporary file is left */
}

static void permissions_follow_the_umask_or_the_old_file(void **state)
{
    struct error err;
    struct path path = below(state, "a");
    mode_t before = umask(027);
    assert_true(file_write(path.text, "x", 1, &err));
    umask(before);
    assert_int_equal(mode_of(path.text), 0640);
    assert_int_equal(chmod(path.text, 0600), 0);
    assert_true(file_write(path.text, "y", 1, &err));
    assert_int_equal(mode_of(path.text), 0600);
}

static void a_link_stays_a_link(void **state)
{
    struct error err;
    struct path target = below(state, "target");
    struct path link = below(state, "link");
    assert_true(file_write(target.text, "old", 3, &err));
    assert_int_equal(symlink("target", link.text), 0);
    assert_true(file_write(link.text, "new", 3, &err));
    assert_holds(target.text, "new", 3);
    struct stat status;
    assert_int_equal(lstat(link.text, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
}

static void devices_are_written_to_and_stay(void **state)
{
    (void)state;
    struct error err;
    struct stat status;
    assert_true(file_write("/dev/null", "x", 1, &err));
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    assert_false(file_write("/dev/full", "x", 1, &err));
    assert_string_equal(err.message, "cannot write /dev/full: No space left on device");
}

static void bad_paths_are_told(void **state)
{
    struct error err;
    struct path file = below(state, "plain");
    assert_true(file_write(file.text, "x", 1, &err));

    struct path under_file = below(state, "plain/result");
    assert_false(file_write(under_file.text, "x", 1, &err));
    assert_non_null(strstr(err.message, "cannot write /tmp/"));
    assert_non_null(strstr(err.message, "plain/result: Not a directory"));

    struct path absent = below(state, "absent/result");
    assert_false(file_write(absent.text, "x", 1, &err));
    assert_non_null(strstr(err.message, "No such file or directory"));
    assert_string_not_equal(err.hint, "");

    assert_false(file_write(*state, "x", 1, &err));
    assert_non_null(strstr(err.message, "a folder of that name"));
    assert_false(file_write("", "x", 1, &err));
    assert_false(file_write("/proc/result", "x", 1, &err));

    char name[400];
    snprintf(name, sizeof name, "%s/%0300d", (const char *)*state, 1);
    assert_false(file_write(name, "x", 1, &err));
    assert_non_null(strstr(err.message, "File name too long"));
    assert_int_equal(entries_in(*state), 1);
}

/* Temporary names left over from others are stepped over, and not touched. */
static void foreign_temporary_files_stay(void **state)
{
    struct error err;
    struct path path = below(state, "a");
    char left_over[220];
    snprintf(left_over, sizeof left_over, "%s.%ld-0.tmp", path.text, (long)getpid());
    FILE *file = fopen(left_over, "w");
    assert_non_null(file);
    assert_int_equal(fputs("mine", file) >= 0, 1);
    fclose(file);
    assert_true(file_write(path.text, "x", 1, &err));
    assert_holds(path.text, "x", 1);
    assert_holds(left_over, "mine", 4);
    assert_int_equal(entries_in(*state), 2);
}

/* A write that stops half way leaves the old file as it was and nothing else. */
static int write_beyond_limit(const char *path)
{
    struct rlimit limit = {.rlim_cur = 10000, .rlim_max = 10000};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    static const char data[50000];
    struct error err;
    if (file_write(path, data, sizeof data, &err)) return 2;
    return strstr(err.message, "File too large") ? 0 : 3;
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    struct error err;
    struct path path = below(state, "result");
    assert_true(file_write(path.text, "old", 3, &err));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) _exit(write_beyond_limit(path.text));
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_holds(path.text, "old", 3);
    assert_int_equal(entries_in(*state), 1);
}

static void folders_are_made_with_those_above(void **state)
{
    struct error err;
    struct path deep = below(state, "a//b/c/");
    struct path file = below(state, "a/b/c/file");
    assert_true(file_make_folder(deep.text, &err));
    assert_true(file_make_folder(deep.text, &err));
    assert_true(file_write(file.text, "x", 1, &err));
    struct path under_file = below(state, "a/b/c/file/d");
    assert_false(file_make_folder(under_file.text, &err));
    assert_non_null(strstr(err.message, "Not a directory"));
    assert_false(file_make_folder(file.text, &err));
    assert_false(file_make_folder("", &err));
    assert_true(file_make_folder("/", &err));
    assert_true(file_make_folder(".", &err));
}

static void loading_tells_why_not(void **state)
{
    struct arena *arena = arena_new();
    struct error err;
    char *text;
    size_t length;
    struct path absent = below(state, "absent");
    assert_false(document_load(arena, absent.text, &text, &length, &err));
    assert_non_null(strstr(err.message, "absent: No such file or directory"));
    assert_false(document_load(arena, *state, &text, &length, &err));
    assert_non_null(strstr(err.message, "it is a folder"));
    assert_true(
        document_load(arena, "/proc/self/stat", &text, &length, &err)); /* of unknown size */
    assert_true(length > 0);
    assert_false(document_load(arena, "/dev/zero", &text, &length, &err)); /* without end */
    assert_non_null(strstr(err.message, "64 MiB"));
    arena_free(arena);
}

static void assert_hash(const char *text, size_t length, const char *expected)
{
    char hash[65];
    sha256_hex(text, length, hash);
    assert_string_equal(hash, expected);
}

/* The examples of FIPS 180-2, appendix B, the empty text, and lengths around the padding's edges
 * (by coreutils' sha256sum). */
static void hashes_are_those_of_the_standard(void **state)
{
    (void)state;
    assert_hash("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    assert_hash(two_blocks, 56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = malloc(1000000);
    assert_non_null(million);
    memset(million, 'a', 1000000);
    assert_hash(million, 1000000,
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    assert_hash(million, 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    assert_hash(million, 63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34");
    assert_hash(million, 64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    assert_hash(million, 65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0");
    free(million);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_are_made_and_replaced),
        TEST(permissions_follow_the_umask_or_the_old_file),
        TEST(a_link_stays_a_link),
        TEST(devices_are_written_to_and_stay),
        TEST(bad_paths_are_told),
        TEST(foreign_temporary_files_stay),
        TEST(a_failed_write_leaves_the_old_file),
        TEST(folders_are_made_with_those_above),
        TEST(loading_tells_why_not),
        cmocka_unit_test(hashes_are_those_of_the_standard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
