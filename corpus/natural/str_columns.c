#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Column at which text after the line would be shown, with tabs; -1 for a bad tab width. */
int display_column(const char *line, int len, int tab_width) {
    int column = 0;
    if (tab_width <= 0) {
        return -1;
    }
    for (int i = 0; i < len; i++) {
        if (line[i] == '\t') {
            column += tab_width - column % tab_width;
        } else {
            column++;
        }
    }
    return column;
}

/* Index of the value closest to the target, the first of several; -1 for none. */
int closest_value_index(const double *values, int n, double target) {
    int best = -1;
    double best_gap = 0.0;
    for (int i = 0; i < n; i++) {
        double gap = values[i] - target;
        if (gap < 0.0) {
            gap = -gap;
        }
        if (best < 0 || gap < best_gap) {
            best = i;
            best_gap = gap;
        }
    }
    return best;
}

/* Mean of grey pixels, rounded to nearest; 0 for an empty image. */
uint8_t mean_grey(const uint8_t *pixels, size_t count) {
    uint64_t total = 0;
    if (count == 0) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        total += pixels[i];
    }
    return (uint8_t)((total + count / 2) / count);
}
