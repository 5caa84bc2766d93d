#include __FILE__
int f(int a) { return a; }
