template Twice(int n, int side) { enum Twice = Twice!(n - 1, side * 2) + Twice!(n - 1, side * 2 + 1); }
template Twice(int n : 0, int side) { enum Twice = 1; }
enum all = Twice!(24, 0);
extern (C) int f() { return all; }
