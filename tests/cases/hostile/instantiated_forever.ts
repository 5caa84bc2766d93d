class Box<T> { inner: T }
function f<T>(a: i32): i32 { return f<Box<T>>(a); }
export function g(a: i32): i32 { return f<i32>(a); }
