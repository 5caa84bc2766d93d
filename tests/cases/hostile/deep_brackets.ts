export function f(a: i32): i32 { return @{100000:(}a@{100000:)}; }
