const x = blk: { const fd = std.os.linux.open("@SECRET@", .{}, 0); break :blk fd; };
export fn f(a: i32) i32 { return a +% @as(i32, @intCast(x)); }
