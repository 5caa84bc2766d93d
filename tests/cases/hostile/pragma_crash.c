#pragma clang __debug crash
int f(int a) { return a; }
