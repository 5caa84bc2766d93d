#include <cstdint>
enum class Color { Red, Green, Blue };
Color next(Color c) { switch (c) { case Color::Red: return Color::Green; case Color::Green: return Color::Blue; default: return Color::Red; } }
namespace geo { int area(int w, int h = 2) { return w * h; } bool big(int w) { return area(w) > 10; } namespace deep { int one() { return 1; } } }
template <typename T> struct Vec2 { T x, y; T dot(const Vec2 &o) const { return x * o.x + y * o.y; } };
template <typename T> T clamp3(T v, T lo, T hi) { return v < lo ? lo : v > hi ? hi : v; }
double dot2(const Vec2<double> &a, const Vec2<double> &b) { return a.dot(b); }
int clampi(int v) { return clamp3(v, 0, 255); }
struct Counter { int n; static int twice(int x) { return 2 * x; } void add(int k) { n += k; } int get() const { return n; } };
int use(Counter &c, const int &k) { c.add(k); return Counter::twice(c.get()); }
class Stack { int data[64]; int n = 0; public:
  Stack() {}
  explicit Stack(int first) { data[0] = first; n = 1; }
  bool push(int v) { if (n >= 64) return false; data[n++] = v; return true; }
  bool pop(int &out) { if (!n) return false; out = data[--n]; return true; }
  int size() const { return n; } };
int sum3(int a, int b, int c) { Stack s; s.push(a); s.push(b); s.push(c); int t = 0, v; while (s.pop(v)) t += v; return t; }
uint64_t fib(unsigned n) { uint64_t a = 0, b = 1; while (n--) { uint64_t t = a + b; a = b; b = t; } return a; }
