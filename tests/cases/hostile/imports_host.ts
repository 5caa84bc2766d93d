@external("wasi_snapshot_preview1", "fd_read") declare function read(fd: i32, to: usize, n: i32, done: usize): i32;
export function f(a: i32): i32 { return read(a, 64, 64, 128); }
