// Figures with areas, as classes.
#include <cstdio>
#include <cmath>

class Point {
public:
    Point(double x, double y) : x_(x), y_(y) {}
    double x() const { return x_; }
    double y() const { return y_; }
    void move(double dx, double dy) { x_ += dx; y_ += dy; }
    double distance(const Point &other) const {
        double dx = x_ - other.x_, dy = y_ - other.y_;
        return std::sqrt(dx * dx + dy * dy);
    }
private:
    double x_, y_;
};

struct Rectangle {
    double width, height;
    double area() const { return width * height; }
    double perimeter() const;
    bool is_square() const { return width == height; }
    void scale(double by) { width *= by; height *= by; }
};

double Rectangle::perimeter() const { return 2 * (width + height); }

class Counter {
    int count = 0;
public:
    int next() { return ++count; }
    int value() const { return count; }
    Counter &operator+=(int n) { count += n; return *this; }
};

template <typename T>
T clamp(T value, T low, T high) {
    return value < low ? low : value > high ? high : value;
}

int clamp_int(int v) { return clamp<int>(v, -10, 10); }
double clamp_double(double v) { return clamp(v, 0.0, 1.0); }

void swap_values(int &a, int &b) {
    int t = a;
    a = b;
    b = t;
}

double total_area(const Rectangle *all, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += all[i].area();
    return sum;
}

namespace units {
double to_inches(double cm) { return cm / 2.54; }
}

int main() {
    Rectangle r{3, 4};
    r.scale(2);
    std::printf("%.2f %.2f\n", r.area(), r.perimeter());
    Point p(1, 2), q(4, 6);
    p.move(0.5, 0);
    std::printf("%.3f\n", p.distance(q));
    return 0;
}
