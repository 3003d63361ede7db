/* program.h - starts the program RAGTIME in a folder of its own and looks at what it leaves. */
#ifndef TESTS_CLI_PROGRAM_H
#define TESTS_CLI_PROGRAM_H

#include "base/arena.h"
#include "base/document.h"
#include "base/file.h"
#include "base/text.h"

/* cmocka.h needs these before it. */
/* clang-format off */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
/* clang-format on */

static char folder[] = "/tmp/ragtime-XXXXXX";
static char program[2048];

struct outcome {
    int code;
    char *out;
    char *err;
};

/* Finds the program and enters a new folder, in an environment without wishes about colour. */
static inline void enter_folder(void)
{
    const char *given = getenv("RAGTIME") ? getenv("RAGTIME") : "build/gcc/ragtime";
    assert_non_null(realpath(given, program));
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    static const char *const unset[] = {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"};
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++) unsetenv(unset[i]);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("TERM", "xterm", 1);
}

/* Removes the files and the folder "out"; 0 if nothing else was left in the folder. */
static inline int leave_folder(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) unlink(names[i]);
    rmdir("out");
    if (chdir("/") != 0) return 1;
    return rmdir(folder);
}

static inline void put(const char *name, const char *text)
{
    struct error err;
    assert_true(file_write(name, text, strlen(text), &err));
}

static inline char *slurp(const char *path)
{
    struct arena *arena = arena_new();
    struct error err;
    char *text = NULL;
    size_t length = 0;
    char *copy = strdup(document_load(arena, path, &text, &length, &err) ? text : "");
    arena_free(arena);
    return copy;
}

/* Starts the program with its words separated by blanks. */
static inline pid_t begin_on(const char *words, int out, int err)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child != 0) return child;
    char copy[1000];
    char *argv[40] = {program};
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = copy; argc < 39;) {
        argv[argc++] = word;
        word = strchr(word, ' ');
        if (!word) break;
        *word++ = '\0';
    }
    if (dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(99);
    execv(program, argv);
    _exit(98);
}

static inline int open_output(const char *path)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(file >= 0);
    return file;
}

/* Its standard output goes to `out_path`, its standard error to the file "stderr". */
static inline pid_t begin(const char *words, const char *out_path)
{
    const int out = open_output(out_path);
    const int err = open_output("stderr");
    const pid_t child = begin_on(words, out, err);
    close(out);
    close(err);
    return child;
}

static inline struct outcome end(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0) assert_int_equal(errno, EINTR);
    assert_true(WIFEXITED(status));
    return (struct outcome){WEXITSTATUS(status), slurp("stdout"), slurp("stderr")};
}

static inline struct outcome run(const char *words)
{
    return end(begin(words, "stdout"));
}

static inline void done(struct outcome *o)
{
    free(o->out);
    free(o->err);
}

/* Until the process catches SIGINT: before, the signal would just end it. */
static inline void await_handler(pid_t child)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", (int)child);
    for (int i = 0; i < 3000; i++) {
        char line[200];
        unsigned long long caught = 0;
        FILE *status = fopen(path, "r");
        assert_non_null(status);
        while (fgets(line, sizeof line, status))
            if (sscanf(line, "SigCgt: %llx", &caught) == 1) break;
        fclose(status);
        if (caught >> (SIGINT - 1) & 1) return;
        usleep(10000);
    }
    fail_msg("the program never caught SIGINT");
}

static inline void check_whole_csv(const char *path)
{
    char *text = slurp(path);
    const size_t length = strlen(text);
    assert_true(length > 0 && text[length - 1] == '\n');
    free(text);
}

/* What a command line must give: its exit code, and texts that its outputs contain. */
struct command_case {
    const char *words;
    int code;
    const char *out;
    const char *err;
};

static inline void check_cases(const struct command_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct outcome o = run(cases[i].words);
        if (o.code != cases[i].code || !strstr(o.out, cases[i].out) || !strstr(o.err, cases[i].err))
            fail_msg("%s: exit %d\n%.1000s%.1000s", cases[i].words, o.code, o.out, o.err);
        done(&o);
    }
}

#endif
