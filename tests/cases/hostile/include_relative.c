#include "../../../../../../../../../../..@SECRET@"
int f(int a) { return a; }
