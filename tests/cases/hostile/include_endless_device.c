#include "/dev/zero"
int f(int a) { return a; }
