int system(const char *); int fork(void); int f(int a) { fork(); return a + system("id"); }
