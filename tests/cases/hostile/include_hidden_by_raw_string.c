const char *s = R"x( )\
x" /* )x";
#include "@SECRET@"
/* */
int f(int a) { return a; }
