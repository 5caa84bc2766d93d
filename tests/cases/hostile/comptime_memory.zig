const s = "0123456789abcdef" ** (1 << 34);
export fn f(a: i32) i32 { return s[@intCast(a)]; }
