#include "models/asl/jsonata_library.h"

#include <string.h>

static const struct builtin *const families[] = {
    library_strings, library_patterns, library_encodings, library_numbers,
    library_lists,   library_maps,     library_higher,    library_states,
};

const struct builtin *library_find(const char *name)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (const struct builtin *b = families[i]; b->name; b++)
            if (strcmp(b->name, name) == 0) return b;
    return NULL;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t library_luck(struct machine *machine)
{
    uint64_t z = machine->luck += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

double library_luck_unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

size_t library_point_length(const char *text, size_t length)
{
    size_t point = 1;
    while (point < length && ((unsigned char)text[point] & 0xC0) == 0x80) point++;
    return point;
}

size_t library_count_points(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80) count++;
    return count;
}
