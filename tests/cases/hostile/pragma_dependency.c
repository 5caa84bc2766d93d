#pragma GCC dependency "@SECRET@"
int f(int a) { return a; }
