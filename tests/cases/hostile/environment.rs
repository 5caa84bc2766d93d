const S: &str = env!("@VARIABLE@");
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { a + S.len() as i32 }
