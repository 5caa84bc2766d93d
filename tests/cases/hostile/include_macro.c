#define PLACE "@SECRET@"
#include PLACE
int f(int a) { return a; }
