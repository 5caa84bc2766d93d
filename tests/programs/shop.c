#include <stdio.h>
#include <string.h>
#include <stdlib.h>
typedef struct { int id; const char *title; double price; } Item;
static const Item items[] = {{1, "tea", 2.5}, {2, "bread", 3.25}, {7, "salt", 0.99}};
enum state { IDLE, RUNNING, DONE, STATES };
static const struct { enum state next[2]; const char *name; } machine[STATES] = {
    {{RUNNING, IDLE}, "idle"}, {{RUNNING, DONE}, "running"}, {{DONE, DONE}, "done"}};
static enum state current = IDLE;
const Item *find(int id) {
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++)
        if (items[i].id == id) return &items[i];
    return NULL;
}
double price_of(int id) { const Item *one = find(id); return one ? one->price : -1; }
const char *step(int event) { current = machine[current].next[event & 1]; return machine[current].name; }
const char *day_name(int d) {
    switch (d) {
    case 0: return "Sunday"; case 1: return "Monday"; case 2: return "Tuesday"; case 3: return "Wednesday";
    case 4: return "Thursday"; case 5: return "Friday"; case 6: return "Saturday"; default: return "?";
    }
}
static char grid[3][3] = {"   ", "   ", "   "};
int place(int r, int c, char who) {
    if (r < 0 || r > 2 || c < 0 || c > 2 || grid[r][c] != ' ') return 0;
    grid[r][c] = who;
    return 1;
}
void draw(void) {
    for (int r = 0; r < 3; r++) printf("%c|%c|%c\n", grid[r][0], grid[r][1], grid[r][2]);
}
int guess(int secret, int tries) {
    int n = 0;
    while (n < tries) { int g = rand() % 10; n++; if (g == secret) { printf("found after %d\n", n); return n; } }
    puts("lost");
    return -1;
}
int main(void) {
    srand(42);
    printf("%s %s %.2f\n", day_name(3), step(0), price_of(2));
    place(1, 1, 'x');
    draw();
    if (guess(3, 100) < 0) exit(1);
    return 0;
}
