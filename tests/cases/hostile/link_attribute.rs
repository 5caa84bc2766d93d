#[link(name = "c", kind = "static")]
extern "C" { fn getpid() -> i32; }
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { a + unsafe { getpid() } }
