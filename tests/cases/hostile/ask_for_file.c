#if __has_include("@SECRET@")
int f(int a) { return secret_found; }
#endif
int f(int a) { return a; }
