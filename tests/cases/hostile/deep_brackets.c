int f(int a) { return @{60000:(}a@{60000:)}; }
