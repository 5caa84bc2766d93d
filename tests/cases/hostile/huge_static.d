__gshared ubyte[1 << 30] all = 1;
extern (C) int f(int i) { return all[i]; }
