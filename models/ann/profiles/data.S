/* The profiles of the program, as bytes of it: a table of name, text and length (struct
 * profile_text of models/ann/profile_read.c), one row a file, then a row of zeros. */

    .macro embed name
    .section .rodata
1:  .asciz "\name"
2:  .incbin "models/ann/profiles/\name\().json"
3:  .section .data.rel.ro, "aw", @progbits
    .quad 1b, 2b, 3b - 2b
    .endm

    .section .data.rel.ro, "aw", @progbits
    .balign 8
    .globl ann_profile_files
    .type ann_profile_files, @object
ann_profile_files:
    embed "x86-64-avx512"
    embed "arm64-neon"
    .quad 0, 0, 0
    .size ann_profile_files, . - ann_profile_files

    .section .note.GNU-stack, "", @progbits
