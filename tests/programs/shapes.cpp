// Classes with methods, references, overloads, templates and a little inheritance.
#include <cstdint>

class Counter {
  public:
    explicit Counter(int start) : value(start), steps(0) {}
    void add(int n) {
        value += n;
        ++steps;
    }
    int get() const { return value; }
    int taken() const { return steps; }

  private:
    int value;
    int steps;
};

struct Vec {
    float x, y;
    Vec operator+(const Vec &other) const { return {x + other.x, y + other.y}; }
    Vec &operator*=(float k) {
        x *= k;
        y *= k;
        return *this;
    }
    float dot(const Vec &other) const { return x * other.x + y * other.y; }
};

template <typename T> T clamp(T value, T low, T high) {
    return value < low ? low : value > high ? high : value;
}

template <typename T, int N> class Stack {
  public:
    bool push(T value) {
        if (count < 0 || count >= N)
            return false;
        items[count++] = value;
        return true;
    }
    bool pop(T &out) {
        if (count <= 0 || count > N)
            return false;
        out = items[--count];
        return true;
    }
    int size() const { return count; }

  private:
    T items[N];
    int count = 0;
};

template class Stack<int, 8>;

namespace geometry {
int area(int width, int height) { return width * height; }
int area(int side) { return side * side; }
} // namespace geometry

int clamp_int(int value, int low, int high) { return clamp(value, low, high); }

double clamp_real(double value, double low, double high) { return clamp<double>(value, low, high); }

void swap_ints(int &a, int &b) {
    int t = a;
    a = b;
    b = t;
}

int count_steps(const int *values, int count) {
    Counter counter(10);
    for (int i = 0; i < count; i++)
        if (values[i] > 0)
            counter.add(values[i]);
    return counter.get() * 100 + counter.taken();
}

float along(const Vec *path, int count, const Vec &direction) {
    Vec sum{0, 0};
    for (int i = 0; i < count; i++)
        sum = sum + path[i];
    sum *= 0.5f;
    return sum.dot(direction);
}

int reverse_through_stack(int *values, int count) {
    Stack<int, 8> stack;
    int n = count < 8 ? count : 8;
    for (int i = 0; i < n; i++)
        stack.push(values[i]);
    for (int i = 0; i < n; i++)
        stack.pop(values[i]);
    return stack.size();
}

int both_areas(int a, int b) { return geometry::area(a, b) + geometry::area(a); }
