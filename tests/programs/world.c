/* A field of cells and a table of creatures: arrays of structs as variables of the file. */
#include <stdbool.h>
#include <stdint.h>

#define WIDTH 12
#define HEIGHT 8

typedef struct {
    uint8_t ground;
    int16_t height;
    int32_t owner;
} Cell;

typedef struct {
    float x, y;
    float dx, dy;
    int energy;
    bool alive;
} Creature;

static Cell field[HEIGHT][WIDTH];
static Creature creatures[10];
static int alive_count;
static const Cell empty_cell = {1, -5, 0};

void field_clear(void) {
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            field[y][x] = empty_cell;
}

bool field_claim(int x, int y, int owner) {
    if (x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT || field[y][x].owner)
        return false;
    field[y][x].owner = owner;
    return true;
}

int field_height(int x, int y) {
    if (x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT)
        return 0;
    return field[y][x].height;
}

void field_raise(int x, int y, int by) {
    if (x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT)
        field[y][x].height = (int16_t)(field[y][x].height + by);
}

int field_owned(int owner) {
    int count = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            count += field[y][x].owner == owner;
    return count;
}

int creature_add(float x, float y) {
    for (int i = 0; i < 10; i++) {
        Creature *c = &creatures[i];
        if (!c->alive) {
            c->x = x;
            c->y = y;
            c->dx = c->dy = 0.5f;
            c->energy = 100;
            c->alive = true;
            alive_count++;
            return i;
        }
    }
    return -1;
}

void creature_push(int number, float dx, float dy) {
    if (number < 0 || number >= 10 || !creatures[number].alive)
        return;
    creatures[number].dx += dx;
    creatures[number].dy += dy;
}

int world_step(void) {
    int moved = 0;
    for (int i = 0; i < 10; i++) {
        Creature *c = &creatures[i];
        if (!c->alive)
            continue;
        c->x += c->dx;
        c->y += c->dy;
        if (c->x < 0 || c->x > WIDTH)
            c->dx = -c->dx;
        if (c->y < 0 || c->y > HEIGHT)
            c->dy = -c->dy;
        if (--c->energy <= 0) {
            c->alive = false;
            alive_count--;
        }
        moved++;
    }
    return moved;
}

float creature_x(int number) {
    return number >= 0 && number < 10 ? creatures[number].x : 0;
}

int world_alive(void) {
    return alive_count;
}
