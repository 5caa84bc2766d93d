static int g() { for (volatile int i = 0;;) i++; return 1; }
int x = g();
extern "C" int f(int a) { return a; }
