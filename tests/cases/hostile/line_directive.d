#line 1 "@SECRET@"
extern (C) int f() { return undefined; }
