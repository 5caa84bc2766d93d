/* What a program says: tables and messages on the standard output. */
#include <stdio.h>
#include <string.h>

struct row {
    const char *name;
    int amount;
    double price;
};

void print_line(int width, char c) {
    for (int i = 0; i < width && i < 80; i++)
        putchar(c);
    putchar('\n');
}

void print_row(const struct row *r) {
    printf("%-10s %5d %8.2f\n", r->name, r->amount, r->price);
}

double print_table(const struct row *rows, int count) {
    double total = 0;
    puts("name       amount   price");
    print_line(28, '-');
    for (int i = 0; i < count; i++) {
        print_row(&rows[i]);
        total += rows[i].amount * rows[i].price;
    }
    printf("total %.2f\n", total);
    return total;
}

int warn(const char *what, int code) {
    if (code == 0)
        return 0;
    fprintf(stderr, "warning: %s (%d)\n", what, code);
    return 1;
}

int format_clock(char *out, int seconds) {
    int hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;
    return sprintf(out, "%02d:%02d:%02d", hours & 31, minutes & 63, seconds % 60 & 63);
}
