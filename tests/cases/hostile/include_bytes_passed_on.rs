macro_rules! m { ($i:ident) => { $i!("@SECRET@") } }
static S: &[u8] = m!(include_bytes);
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { S[a as usize] as i32 }
