export function f(a: i32): i32 { return load<i32>(memory.data(0x7fffffff) + a); }
