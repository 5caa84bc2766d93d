int spin() { int x = 1; while (true) x++; return x; }
enum forever = spin();
extern (C) int f() { return forever; }
