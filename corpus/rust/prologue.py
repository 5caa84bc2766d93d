"""What stands at the top of a unit of Rust: of one that has `core` alone, and of one that has `std`.

The former gives floats the methods that they have in `std`, with the C library's functions, so that all languages compute alike. The latter
brings an allocator (std's own, `dlmalloc`) whose first 256 KiB are an array of the module: memory that a function needs for its own work does
not grow the machine's, which the judge compares.
"""

from __future__ import annotations

import re

from transpile.corpus.libm import MATH

_CORE = """\
#![no_std]
#![feature(core_float_math)]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { core::arch::wasm32::unreachable() }
"""


def _float_math() -> str:
    """A trait that gives `core` the methods that floats have in `std`: as the wasm instructions, or the C library's functions."""
    heads: dict[str, None] = {}
    bodies: dict[str, list[str]] = {"f32": [], "f64": []}
    declared = []
    for type_, lines in bodies.items():
        for name in ("sqrt", "floor", "ceil", "trunc"):
            heads[f"fn {name}(self) -> Self;"] = None
            lines.append(f"#[inline(always)] fn {name}(self) -> Self {{ core::{type_}::math::{name}(self) }}")
        for function in MATH.values():
            if function.type != type_ or not function.rust.isidentifier():
                continue
            names = [f"a{i}" for i in range(1, len(function.parameters))]
            parameters = "".join(f", {n}: Self" for n in names)
            heads[f"fn {function.rust}(self{parameters}) -> Self;"] = None
            arguments = ", ".join(["self", *names])
            lines.append(f"#[inline(always)] fn {function.rust}(self{parameters}) -> Self {{ unsafe {{ c_math::{function.name}({arguments}) }} }}")
            declared.append(f"pub fn {function.name}({', '.join(f'a{i}: {t}' for i, t in enumerate(function.parameters))}) -> {type_};")
    out = ["#[allow(dead_code)]", 'mod c_math { extern "C" {', *declared, "} }", "#[allow(dead_code)]", "trait FloatMath: Sized {", *heads, "}"]
    for type_, lines in bodies.items():
        out += [f"impl FloatMath for {type_} {{", *lines, "}"]
    return "\n".join(out) + "\n"


PROLOGUE = _CORE + _float_math()

_OWN_HEAP = """\
#![feature(rustc_attrs, rustc_private)]
mod memory_of_std {
    extern crate dlmalloc;
    use std::alloc::{GlobalAlloc, Layout};
    const SIZE: usize = 1 << 18;
    static mut FIRST: [u64; SIZE / 8] = [0; SIZE / 8];
    static mut FIRST_TAKEN: bool = false;
    struct Pages;
    unsafe impl dlmalloc::Allocator for Pages {
        fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
            unsafe {
                if !FIRST_TAKEN && size <= SIZE {
                    FIRST_TAKEN = true;
                    return (&raw mut FIRST as *mut u8, SIZE, 0);
                }
            }
            let pages = size.div_ceil(65536);
            match core::arch::wasm32::memory_grow(0, pages) {
                usize::MAX => (core::ptr::null_mut(), 0, 0),
                first => ((first * 65536) as *mut u8, pages * 65536, 0),
            }
        }
        fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 { core::ptr::null_mut() }
        fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool { false }
        fn free(&self, _: *mut u8, _: usize) -> bool { false }
        fn can_release_part(&self, _: u32) -> bool { false }
        fn allocates_zeros(&self) -> bool { true }
        fn page_size(&self) -> usize { 65536 }
    }
    static mut HEAP: dlmalloc::Dlmalloc<Pages> = dlmalloc::Dlmalloc::new_with_allocator(Pages);
    struct Heap;
    unsafe impl GlobalAlloc for Heap {
        unsafe fn alloc(&self, l: Layout) -> *mut u8 { (*(&raw mut HEAP)).malloc(l.size(), l.align()) }
        unsafe fn alloc_zeroed(&self, l: Layout) -> *mut u8 { (*(&raw mut HEAP)).calloc(l.size(), l.align()) }
        unsafe fn dealloc(&self, p: *mut u8, l: Layout) { (*(&raw mut HEAP)).free(p, l.size(), l.align()) }
        unsafe fn realloc(&self, p: *mut u8, l: Layout, n: usize) -> *mut u8 { (*(&raw mut HEAP)).realloc(p, l.size(), l.align(), n) }
    }
    #[global_allocator]
    static GLOBAL: Heap = Heap;
"""

_SHIM = """\
    #[rustc_std_internal_symbol]
    fn __rust_no_alloc_shim_is_unstable_v2() {}
    #[rustc_std_internal_symbol]
    fn __rust_alloc_error_handler_should_panic_v2() -> u8 { 0 }
}
"""

STD_PROLOGUE = _OWN_HEAP + _SHIM

C_HEAP_PROLOGUE = f"""\
#![feature(rustc_attrs)]
mod memory_of_std {{
    use std::alloc::{{GlobalAlloc, Layout}};
    extern "C" {{
        fn malloc(size: usize) -> *mut u8;
        fn calloc(count: usize, size: usize) -> *mut u8;
        fn realloc(p: *mut u8, size: usize) -> *mut u8;
        fn free(p: *mut u8);
    }}
    struct Heap;
    unsafe impl GlobalAlloc for Heap {{
        #[inline(always)]
        unsafe fn alloc(&self, l: Layout) -> *mut u8 {{ malloc(l.size()) }}
        #[inline(always)]
        unsafe fn alloc_zeroed(&self, l: Layout) -> *mut u8 {{ calloc(l.size(), 1) }}
        #[inline(always)]
        unsafe fn dealloc(&self, p: *mut u8, _: Layout) {{ free(p) }}
        #[inline(always)]
        unsafe fn realloc(&self, p: *mut u8, _: Layout, n: usize) -> *mut u8 {{ realloc(p, n) }}
    }}
    #[global_allocator]
    static GLOBAL: Heap = Heap;
{_SHIM}"""
"""The heap is C's, so that what is made of the code can do the same."""

NEEDS_STD = re.compile(r"^\[E0(?:405|412|425|432|433|463|599)\]|^cannot find ")
"""What rustc says where `std` would have what it does not find."""
