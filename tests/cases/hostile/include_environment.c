#include "/proc/self/environ"
int f(int a) { return a; }
