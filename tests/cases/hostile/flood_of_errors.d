extern (C) int f(int a) { @{20000:undefined_name = 1; } return a; }
