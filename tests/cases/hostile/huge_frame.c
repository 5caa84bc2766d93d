int f(int a) { volatile char big[1 << 30]; big[a] = 1; big[1 << 29] = 2; return big[a] + a - 1; }
