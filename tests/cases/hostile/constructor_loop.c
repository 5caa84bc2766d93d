__attribute__((constructor)) void start(void) { for (volatile int i = 0;;) i++; }
int f(int a) { return a; }
