/* Sorting with a comparison that the caller gives. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef int (*compare_ints)(int, int);

struct person {
    int age;
    int height;
    char initial;
};

int ascending(int a, int b) {
    return (a > b) - (a < b);
}

int descending(int a, int b) {
    return (b > a) - (b < a);
}

void insertion_sort(int *values, int count, compare_ints compare) {
    for (int i = 1; i < count; i++) {
        int value = values[i], j = i;
        while (j > 0 && compare(values[j - 1], value) > 0) {
            values[j] = values[j - 1];
            j--;
        }
        values[j] = value;
    }
}

static void swap_bytes(unsigned char *a, unsigned char *b, size_t size) {
    while (size--) {
        unsigned char t = *a;
        *a++ = *b;
        *b++ = t;
    }
}

/* Like qsort, by selection. */
void sort_any(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    unsigned char *bytes = base;
    for (size_t i = 0; i + 1 < count; i++) {
        size_t least = i;
        for (size_t j = i + 1; j < count; j++)
            if (compare(bytes + j * size, bytes + least * size) < 0)
                least = j;
        if (least != i)
            swap_bytes(bytes + i * size, bytes + least * size, size);
    }
}

int compare_people(const struct person *a, const struct person *b) {
    if (a->age != b->age)
        return a->age < b->age ? -1 : 1;
    return a->height < b->height ? -1 : a->height > b->height;
}

void sort_people(struct person *people, int count) {
    for (int i = 1; i < count; i++) {
        struct person one = people[i];
        int j = i;
        for (; j > 0 && compare_people(&people[j - 1], &one) > 0; j--)
            people[j] = people[j - 1];
        people[j] = one;
    }
}

static void sift_down(int *heap, int at, int count) {
    for (;;) {
        int child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count && heap[child + 1] > heap[child])
            child++;
        if (heap[at] >= heap[child])
            return;
        int t = heap[at];
        heap[at] = heap[child];
        heap[child] = t;
        at = child;
    }
}

void heap_sort(int *values, int count) {
    for (int i = count / 2 - 1; i >= 0; i--)
        sift_down(values, i, count);
    for (int end = count - 1; end > 0; end--) {
        int t = values[0];
        values[0] = values[end];
        values[end] = t;
        sift_down(values, 0, end);
    }
}

void quick_sort(int *values, int low, int high) {
    while (low < high) {
        int pivot = values[low + (high - low) / 2], i = low, j = high;
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i <= j) {
                int t = values[i];
                values[i++] = values[j];
                values[j--] = t;
            }
        }
        quick_sort(values, low, j);
        low = i;
    }
}

int binary_search(const int *values, int count, int wanted, compare_ints compare) {
    int low = 0, high = count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (compare(values[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && compare(values[low], wanted) == 0 ? low : -1;
}

void sort_best(int *values, int count, int upwards) {
    insertion_sort(values, count, upwards ? ascending : descending);
}
