export var big: [1 << 31]u8 = @splat(1);
export fn f(a: i32) i32 { return big[@intCast(a)]; }
