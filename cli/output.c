#include "cli/output.h"

#include "base/file.h"
#include "reports/diagnostics_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && value[0];
}

static bool wants_colour(const struct options *options, bool terminal)
{
    if (strcmp(options->color, "always") == 0) return true;
    if (strcmp(options->color, "never") == 0) return false;
    if (is_set("NO_COLOR")) return false;
    if (is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE")) return true;
    const char *term = getenv("TERM");
    return terminal && !(term && strcmp(term, "dumb") == 0);
}

static int clamp_columns(long columns)
{
    return columns < 80 ? 80 : columns > 120 ? 120 : (int)columns;
}

static int width_of(FILE *stream, bool terminal)
{
    struct winsize size;
    int width = 100;
    if (!terminal) return width;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    else if (is_set("COLUMNS"))
        width = clamp_columns(strtol(getenv("COLUMNS"), NULL, 10));
    return clamp_columns(width);
}

void output_style(const struct options *options, FILE *stream, struct style *style)
{
    const bool terminal = isatty(fileno(stream));
    /* The locale's charset, without setlocale, which would change how numbers are written. */
    const char *locale = is_set("LC_ALL")     ? getenv("LC_ALL")
                         : is_set("LC_CTYPE") ? getenv("LC_CTYPE")
                                              : getenv("LANG");
    *style = (struct style){
        .colour = wants_colour(options, terminal),
        .unicode = locale && (strcasestr(locale, "utf-8") || strcasestr(locale, "utf8")),
        .width = width_of(stream, terminal),
        .verbose = options->verbose,
        .quiet = options->quiet,
    };
}

void output_message(const char *about, const char *message)
{
    char shown[200];
    if (about) {
        text_excerpt(shown, sizeof shown, about);
        fprintf(stderr, "ragtime: %s: %s\n", shown, message);
    } else {
        fprintf(stderr, "ragtime: %s\n", message);
    }
}

bool output_print(const struct text *text)
{
    errno = 0;
    const bool whole = fwrite(text->data, 1, text->length, stdout) == text->length;
    if (whole && fflush(stdout) == 0) return true;
    if (errno == EPIPE) return true;
    fprintf(stderr, "ragtime: cannot write to standard output: %s\n", strerror(errno));
    return false;
}

bool output_make_folder(const char *folder)
{
    struct error err;
    if (!folder || file_make_folder(folder, &err)) return true;
    output_message(NULL, err.message);
    return false;
}

static void add_size(struct text *out, size_t bytes)
{
    if (bytes < 1000)
        text_format(out, "%zu B", bytes);
    else if (bytes < 1000000)
        text_format(out, "%zu kB", bytes / 1000);
    else
        text_format(out, "%.1f MB", (double)bytes / 1e6);
}

static bool write_files(const char *folder, const struct output_file *files, size_t count,
                        struct text *note)
{
    struct error err = {0};
    bool good = file_make_folder(folder, &err);
    for (size_t i = 0; good && i < count; i++) {
        struct text path;
        text_init(&path);
        text_format(&path, "%s/%s", folder, files[i].name);
        good = file_write(path.data, files[i].text.data, files[i].text.length, &err);
        text_free(&path);
    }
    if (!good) {
        output_message(NULL, err.message);
        return false;
    }
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') length--;
    char shown[400];
    struct text name;
    text_init(&name);
    text_add_n(&name, folder, length);
    text_excerpt(shown, sizeof shown, name.data);
    text_free(&name);
    text_format(note, "written: %s%s (%s ", shown, strcmp(shown, "/") == 0 ? "" : "/",
                files[0].name);
    add_size(note, files[0].text.length);
    if (count > 1) text_format(note, ", %zu more", count - 1);
    text_add(note, ")\n");
    return true;
}

bool output_results(const struct options *options, struct output_file *files, size_t count,
                    struct text *summary)
{
    struct text note;
    text_init(&note);
    bool good = !options->out || write_files(options->out, files, count, &note);
    if (options->json)
        fputs(note.data, stderr);
    else if (note.length)
        text_format(summary, "\n  %s", note.data);
    good = output_print(summary) && good;
    for (size_t i = 0; i < count; i++) text_free(&files[i].text);
    text_free(summary);
    text_free(&note);
    return good;
}

void output_diagnostics(const struct diagnostics *diagnostics, const char *file,
                        const struct options *options)
{
    struct text text;
    struct style style;
    text_init(&text);
    output_style(options, stderr, &style);
    diagnostics_text(&text, diagnostics, file, &style);
    fputs(text.data, stderr);
    text_free(&text);
}

bool output_timing(const char *path, double wall_s, double events)
{
    struct error err;
    struct text text;
    if (!path) return true;
    text_init(&text);
    text_format(&text, "{\"wall_s\": %.6f, \"events\": %.0f, \"events_per_s\": %.0f}\n", wall_s,
                events, wall_s > 0 ? events / wall_s : 0);
    const bool good = file_write(path, text.data, text.length, &err);
    if (!good) output_message(NULL, err.message);
    text_free(&text);
    return good;
}
