macro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)*) } }
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { m!(1 +); a }
