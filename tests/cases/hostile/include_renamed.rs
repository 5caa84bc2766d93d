use core::include_str as text;
const S: &str = text!("@SECRET@");
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { a + S.len() as i32 }
