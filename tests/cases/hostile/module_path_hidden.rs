macro_rules! m { ($n:ident) => { #[cfg_attr(all(), path = "@SECRET@")] mod $n; } }
m!(x);
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { a }
