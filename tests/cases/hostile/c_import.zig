const c = @cImport({ @cInclude("@SECRET@"); });
export fn f(a: i32) i32 { return a +% c.x; }
