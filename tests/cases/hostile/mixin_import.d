enum secret = mixin("imp" ~ "ort(`@SECRET@`)");
extern (C) int f() { return secret[4]; }
