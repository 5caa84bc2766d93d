/* Matrices on the heap, and small ones in place. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int rows, columns;
    double *cells;
} Matrix;

typedef struct {
    double m[3][3];
} Mat3;

Matrix *matrix_new(int rows, int columns) {
    Matrix *m = malloc(sizeof *m);
    if (!m)
        return NULL;
    m->rows = rows;
    m->columns = columns;
    m->cells = calloc((size_t)(rows * columns), sizeof(double));
    if (!m->cells) {
        free(m);
        return NULL;
    }
    return m;
}

void matrix_free(Matrix *m) {
    if (m) {
        free(m->cells);
        free(m);
    }
}

double matrix_get(const Matrix *m, int row, int column) {
    return m->cells[row * m->columns + column];
}

void matrix_set(Matrix *m, int row, int column, double value) {
    m->cells[row * m->columns + column] = value;
}

Matrix *matrix_identity(int n) {
    Matrix *m = matrix_new(n, n);
    if (m)
        for (int i = 0; i < n; i++)
            matrix_set(m, i, i, 1.0);
    return m;
}

Matrix *matrix_multiply(const Matrix *a, const Matrix *b) {
    if (a->columns != b->rows)
        return NULL;
    Matrix *out = matrix_new(a->rows, b->columns);
    if (!out)
        return NULL;
    for (int i = 0; i < a->rows; i++)
        for (int j = 0; j < b->columns; j++) {
            double sum = 0;
            for (int k = 0; k < a->columns; k++)
                sum += matrix_get(a, i, k) * matrix_get(b, k, j);
            matrix_set(out, i, j, sum);
        }
    return out;
}

void transpose(const double *in, double *out, int rows, int columns) {
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
            out[j * rows + i] = in[i * columns + j];
}

double trace(const double *cells, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += cells[i * n + i];
    return sum;
}

double norm(const double *cells, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += cells[i] * cells[i];
    return sqrt(sum);
}

void mat3_identity(Mat3 *m) {
    memset(m, 0, sizeof *m);
    for (int i = 0; i < 3; i++)
        m->m[i][i] = 1.0;
}

Mat3 mat3_multiply(const Mat3 *a, const Mat3 *b) {
    Mat3 out;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            out.m[i][j] = 0;
            for (int k = 0; k < 3; k++)
                out.m[i][j] += a->m[i][k] * b->m[k][j];
        }
    return out;
}

double mat3_determinant(const Mat3 *a) {
    const double(*m)[3] = a->m;
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/* Solves a x = b in place by elimination with row exchanges; false where a is singular. */
bool solve(double *a, double *b, int n) {
    for (int column = 0; column < n; column++) {
        int pivot = column;
        for (int row = column + 1; row < n; row++)
            if (fabs(a[row * n + column]) > fabs(a[pivot * n + column]))
                pivot = row;
        if (a[pivot * n + column] == 0.0)
            return false;
        if (pivot != column) {
            for (int k = 0; k < n; k++) {
                double t = a[pivot * n + k];
                a[pivot * n + k] = a[column * n + k];
                a[column * n + k] = t;
            }
            double t = b[pivot];
            b[pivot] = b[column];
            b[column] = t;
        }
        for (int row = column + 1; row < n; row++) {
            double factor = a[row * n + column] / a[column * n + column];
            for (int k = column; k < n; k++)
                a[row * n + k] -= factor * a[column * n + k];
            b[row] -= factor * b[column];
        }
    }
    for (int row = n - 1; row >= 0; row--) {
        for (int k = row + 1; k < n; k++)
            b[row] -= a[row * n + k] * b[k];
        b[row] /= a[row * n + row];
    }
    return true;
}
