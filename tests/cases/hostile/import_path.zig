const s = @import("@SECRET@");
export fn f(a: i32) i32 { return a +% s.x; }
