const x = blk: { @setEvalBranchQuota(4294967295); var i: u32 = 0; while (true) i ^= 1; break :blk i; };
export fn f(a: i32) i32 { return a +% @as(i32, @intCast(x)); }
