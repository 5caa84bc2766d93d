export fn f(a: i32) i32 {
    @setEvalBranchQuota(4294967295);
    var s: i32 = a;
    inline for (0..100_000_000) |i| s +%= @as(i32, @intCast(i)) *% a;
    return s;
}
