/* Matrices read, multiplied and printed. */
#include <stdio.h>

#define N 3

typedef struct {
    int rows, columns;
    double at[N][N];
} Matrix;

void identity(Matrix *m) {
    m->rows = m->columns = N;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) m->at[i][j] = i == j ? 1 : 0;
}

void multiply(const Matrix *a, const Matrix *b, Matrix *out) {
    out->rows = a->rows;
    out->columns = b->columns;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0;
            for (int k = 0; k < N; k++) sum += a->at[i][k] * b->at[k][j];
            out->at[i][j] = sum;
        }
}

void print_row(const int *row, int n) {
    for (int i = 0; i < n; i++) {
        if (i > 0) putchar(' ');
        printf("%4d", row[i]);
    }
    putchar('\n');
}

void print_matrix(const Matrix *m) {
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) printf("%8.3f", m->at[i][j]);
        printf("\n");
    }
}

void print_table(int n) {
    for (int i = 1; i <= n; i++) {
        for (int j = 1; j <= n; j++) printf("%d\t", i * j);
        puts("");
    }
}

int main(void) {
    Matrix a, b, c;
    identity(&a);
    identity(&b);
    b.at[0][1] = 2.5;
    multiply(&a, &b, &c);
    print_matrix(&c);
    int row[4] = {1, 2, 3, 4};
    print_row(row, 4);
    print_table(5);
    return 0;
}
