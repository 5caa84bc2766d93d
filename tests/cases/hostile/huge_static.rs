static X: [u8; 1 << 31] = [1; 1 << 31];
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { X[a as usize] as i32 }
