const s = @embedFile("@SECRET@");
export fn f(a: i32) i32 { return a +% @as(i32, s.len); }
