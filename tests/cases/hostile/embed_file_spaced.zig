const s = @embedFile // why
    ("@SECRET@");
export fn f(a: i32) i32 { return a +% s[0]; }
