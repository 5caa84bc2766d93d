extern (C) int f() { return 1; }
__EOF__
extern (C) int g() { return 2; }
