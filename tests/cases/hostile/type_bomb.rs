macro_rules! t { ($x:expr; . $($r:tt)*) => { t!(($x, $x); $($r)*) }; ($x:expr;) => { core::mem::size_of_val(&$x) } }
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { a + t!(0u8; . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . . ) as i32 }
