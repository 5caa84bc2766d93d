/* Arrays with their lengths. */
#include <stddef.h>

int sum(const int *values, int n) {
    int total = 0;
    for (int i = 0; i < n; i++) {
        total += values[i];
    }
    return total;
}

int max_subarray(const int *values, int n) {
    int best = 0;
    int current = 0;
    for (int i = 0; i < n; i++) {
        current += values[i];
        if (current < 0) {
            current = 0;
        }
        if (current > best) {
            best = current;
        }
    }
    return best;
}

int index_of(const int *values, int n, int wanted) {
    for (int i = 0; i < n; i++) {
        if (values[i] == wanted) {
            return i;
        }
    }
    return -1;
}

void reverse(int *values, int n) {
    for (int i = 0, j = n - 1; i < j; i++, j--) {
        int swapped = values[i];
        values[i] = values[j];
        values[j] = swapped;
    }
}

double mean(const double *values, int n) {
    if (n == 0) {
        return 0.0;
    }
    double total = 0.0;
    for (int i = 0; i < n; i++) {
        total += values[i];
    }
    return total / n;
}

void insertion_sort(int *values, int n) {
    for (int i = 1; i < n; i++) {
        int key = values[i];
        int j = i - 1;
        while (j >= 0 && values[j] > key) {
            values[j + 1] = values[j];
            j--;
        }
        values[j + 1] = key;
    }
}

int count_equal(const int *left, const int *right, int n) {
    int count = 0;
    for (int i = 0; i < n; i++) {
        if (left[i] == right[i]) {
            count++;
        }
    }
    return count;
}

int lower_bound(const int *sorted, int n, int key) {
    int low = 0;
    int high = n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (sorted[middle] < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
