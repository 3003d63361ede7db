/* embed.h - files as bytes of the program, for assembler: `embed name, path` adds a row to a table
 * of name, text and length (three words).
 */
    .macro embed name, path
    .section .rodata
1:  .asciz "\name"
2:  .incbin "\path"
3:  .section .data.rel.ro, "aw", @progbits
    .quad 1b, 2b, 3b - 2b
    .endm
