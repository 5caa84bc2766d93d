#[allow(long_running_const_eval)]
const X: i32 = { let mut i = 0; loop { i ^= 1; } };
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { a + X }
