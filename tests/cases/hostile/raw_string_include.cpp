const char *s = R"(/*)";
#include "@SECRET@"
/**/
extern "C" int f(int a) { return a; }
