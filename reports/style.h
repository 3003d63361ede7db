/* style.h - how text output looks: colour, symbols, width. */
#ifndef REPORTS_STYLE_H
#define REPORTS_STYLE_H

#include <stdbool.h>

struct style {
    bool colour;
    bool unicode; /* else ASCII: ok for a check mark, +/- for plus-minus */
    int width;    /* columns, 80 to 120 */
    bool verbose;
    bool quiet;
};

#endif
