macro_rules! m { ($($i:ident)+) => { $($i!("@SECRET@"); )+ } }
m!(include);
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { a }
