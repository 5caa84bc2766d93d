enum secret = import("@SECRET@");
extern (C) int f() { return secret[4]; }
