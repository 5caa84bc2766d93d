#define JOIN(x, y) x##y
JOIN(__as, m__)(".incbin \"@SECRET@\"");
int f(int a) { return a; }
