core::arch::global_asm!(".incbin \"@SECRET@\"");
#[no_mangle]
pub extern "C" fn f(a: i32) -> i32 { a }
