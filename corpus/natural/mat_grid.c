#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

int64_t matrix_trace(const int *m, int n, int dim)
{
    if (dim <= 0 || n / dim < dim)
        return 0;
    int64_t trace = 0;
    for (int i = 0; i < dim; i++)
        trace += m[i * (dim + 1)];
    return trace;
}

bool transpose_into(const int *src, int *dst, int n, int rows, int cols)
{
    if (rows <= 0 || cols <= 0 || n / cols < rows)
        return false;
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++)
            dst[c * rows + r] = src[r * cols + c];
    }
    return true;
}

bool square_matmul(float *out, const float *a, const float *b, int n, int dim)
{
    if (dim <= 0 || n / dim < dim)
        return false;
    for (int i = 0; i < dim; i++) {
        for (int j = 0; j < dim; j++) {
            float acc = 0.0f;
            for (int k = 0; k < dim; k++)
                acc += a[i * dim + k] * b[k * dim + j];
            out[i * dim + j] = acc;
        }
    }
    return true;
}

int richest_row(const int *m, int n, int rows, int cols)
{
    if (rows <= 0 || cols <= 0 || n / cols < rows)
        return -1;
    int best_row = 0;
    int64_t best = INT64_MIN;
    const int *p = m;

    for (int r = 0; r < rows; r++) {
        int64_t sum = 0;
        for (int c = 0; c < cols; c++)
            sum += *p++;
        if (sum > best) {
            best = sum;
            best_row = r;
        }
    }
    return best_row;
}

bool is_symmetric_matrix(const double *m, int n, int dim)
{
    if (dim <= 0 || n / dim < dim)
        return false;
    for (int i = 1; i < dim; i++) {
        for (int j = 0; j < i; j++) {
            if (m[i * dim + j] != m[j * dim + i])
                return false;
        }
    }
    return true;
}

/* Quarter turn in place, four cells at a time. */
void rotate_square_clockwise(uint8_t *m, int n, int dim)
{
    if (dim <= 0 || n / dim < dim)
        return;
    for (int i = 0; i < dim / 2; i++) {
        for (int j = i; j < dim - 1 - i; j++) {
            int top = i * dim + j;
            int right = j * dim + (dim - 1 - i);
            int bottom = (dim - 1 - i) * dim + (dim - 1 - j);
            int left = (dim - 1 - j) * dim + i;
            uint8_t t = m[top];
            m[top] = m[left];
            m[left] = m[bottom];
            m[bottom] = m[right];
            m[right] = t;
        }
    }
}

int spiral_unroll(const int16_t *m, int16_t *out, int n, int rows, int cols)
{
    if (rows <= 0 || cols <= 0 || n / cols < rows)
        return 0;
    int top = 0, bottom = rows - 1, left = 0, right = cols - 1;
    int w = 0;

    while (top <= bottom && left <= right) {
        for (int c = left; c <= right; c++)
            out[w++] = m[top * cols + c];
        top++;
        for (int r = top; r <= bottom; r++)
            out[w++] = m[r * cols + right];
        right--;
        if (top <= bottom) {
            for (int c = right; c >= left; c--)
                out[w++] = m[bottom * cols + c];
            bottom--;
        }
        if (left <= right) {
            for (int r = bottom; r >= top; r--)
                out[w++] = m[r * cols + left];
            left++;
        }
    }
    return w;
}

int life_neighbours(const uint8_t *cells, int n, int width, int height, int x, int y)
{
    if (width <= 0 || height <= 0 || n / width < height)
        return 0;
    if (x < 0 || x >= width || y < 0 || y >= height)
        return 0;

    int alive = 0;
    for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
            int nx = x + dx, ny = y + dy;
            if (dx == 0 && dy == 0)
                continue;
            if (nx < 0 || nx >= width || ny < 0 || ny >= height)
                continue;
            alive += cells[ny * width + nx] != 0;
        }
    }
    return alive;
}

void life_step(const uint8_t *src, uint8_t *dst, int n, int width, int height)
{
    if (width <= 0 || height <= 0 || n / width < height)
        return;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            int around = life_neighbours(src, n, width, height, x, y);
            bool live = src[y * width + x] != 0;
            dst[y * width + x] = around == 3 || (live && around == 2);
        }
    }
}

/* Cells that are the least of their row and the greatest of their column. */
int count_saddle_points(const int *m, int n, int rows, int cols)
{
    int found = 0;
    if (rows <= 0 || cols <= 0 || n / cols < rows)
        return 0;
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++) {
            int v = m[r * cols + c];
            bool saddle = true;
            for (int k = 0; k < cols && saddle; k++)
                saddle = m[r * cols + k] >= v;
            for (int k = 0; k < rows && saddle; k++)
                saddle = m[k * cols + c] <= v;
            if (saddle)
                found++;
        }
    }
    return found;
}

/* Recolours the region around (x, y); gives up where the stack is full. */
int flood_fill_region(uint8_t *px, int n, int width, int height, int x, int y, uint8_t color)
{
    int stack[256];
    int top = 0, filled = 0;

    if (width <= 0 || height <= 0 || n / width < height)
        return 0;
    if (x < 0 || x >= width || y < 0 || y >= height)
        return 0;
    uint8_t old = px[y * width + x];
    if (old == color)
        return 0;

    px[y * width + x] = color;
    stack[top++] = y * width + x;
    while (top > 0) {
        int at = stack[--top];
        int cx = at % width, cy = at / width;
        filled++;
        for (int side = 0; side < 4; side++) {
            int nx = cx + (side == 0) - (side == 1);
            int ny = cy + (side == 2) - (side == 3);
            if (nx < 0 || nx >= width || ny < 0 || ny >= height)
                continue;
            int next = ny * width + nx;
            if (px[next] == old && top < 256) {
                px[next] = color;
                stack[top++] = next;
            }
        }
    }
    return filled;
}

/* Rows and columns ascend: walks down from the upper right corner. */
int staircase_search(const int *m, int n, int rows, int cols, int key)
{
    if (rows <= 0 || cols <= 0 || n / cols < rows)
        return -1;
    int r = 0, c = cols - 1;
    while (r < rows && c >= 0) {
        int at = r * cols + c;
        if (m[at] == key)
            return at;
        if (m[at] > key)
            c--;
        else
            r++;
    }
    return -1;
}

/* Follows the arrows from the first cell; -1 if they lead in a circle. */
int walk_arrow_grid(const char *cells, int n, int width)
{
    if (width <= 0)
        return 0;
    int x = 0, y = 0, steps = 0;
    int height = n / width;

    while (x >= 0 && x < width && y >= 0 && y < height) {
        if (steps > n)
            return -1;
        switch (cells[y * width + x]) {
        case '^':
            y--;
            break;
        case 'v':
            y++;
            break;
        case '<':
            x--;
            break;
        case '>':
            x++;
            break;
        default:
            return steps;
        }
        steps++;
    }
    return steps;
}

bool matrix_vector_product(double *y, int y_len, const double *x, int x_len, const double *m, int n)
{
    if (x_len > 0 && n / x_len < y_len)
        return false;
    for (int r = 0; r < y_len; r++) {
        double sum = 0.0;
        for (int c = 0; c < x_len; c++)
            sum += m[r * x_len + c] * x[c];
        y[r] = sum;
    }
    return true;
}
