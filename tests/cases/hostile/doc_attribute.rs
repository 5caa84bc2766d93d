#[doc = include_str!("@SECRET@")]
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { a }
