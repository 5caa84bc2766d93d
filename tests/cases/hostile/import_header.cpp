import "@SECRET@";
extern "C" int f(int a) { return a; }
