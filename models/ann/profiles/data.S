/* The profiles of the program, as bytes of it: a table of name, text and length (struct
 * profile_text of models/ann/profile_read.c), one row a file, then a row of zeros. */
#include "base/embed.h"

    .section .data.rel.ro, "aw", @progbits
    .balign 8
    .globl ann_profile_files
    .type ann_profile_files, @object
ann_profile_files:
    embed "x86-64-avx512", "models/ann/profiles/x86-64-avx512.json"
    embed "arm64-neon", "models/ann/profiles/arm64-neon.json"
    .quad 0, 0, 0
    .size ann_profile_files, . - ann_profile_files

    .section .note.GNU-stack, "", @progbits
