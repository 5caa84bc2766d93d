constexpr int g() { int i = 0; while (true) i ^= 1; return i; }
constexpr int x = g();
extern "C" int f(int a) { return a + x; }
