"""What is said of functions that are not read: the parameter or the result that is in the way, as it was written."""

from __future__ import annotations

import pytest

from transpile.corpus.language import language

YET = ", and that type can't be written yet"
C = """
struct value { int i; float f; } __attribute__((packed));
static inline int use(struct value v, int x) { return v.i + x; }
long double area(double r) { return r; }
int total(int n, ...) { return n; }
int fine(int *a, int n) { return a[n - 1]; }
"""
ZIG = """const std = @import("std");
fn use(x: i32, a: std.mem.Allocator) i32 { return x; }
pub fn fails(x: i32) !i32 { return x; }
pub fn fine(x: []i32) i32 { return x[0]; }
"""
D = """union V { int a; float b; }
int use(V v, int x) { return x; }
string named(int x) { return "a"; }
int fine(int x) { return x; }
"""
SCRIPT = """export function use(a: Array<string>, b: i32): i32 { return b; }
export function named(a: i32): string { return "a"; }
export function fine(a: i32): i32 { return a; }
"""


@pytest.mark.parametrize(("name", "text", "reasons"), [
    ("c", C, {"use": f"takes struct value v{YET}", "area": f"gives long double{YET}", "total": "takes any number of arguments"}),
    ("cpp", C, {"use": f"takes struct value v{YET}", "area": f"gives long double{YET}", "total": "takes any number of arguments"}),
    ("zig", ZIG, {"use": f"takes a: std.mem.Allocator{YET}", "fails": f"gives !i32{YET}"}),
    ("d", D, {"use": f"takes V v{YET}", "named": f"gives string{YET}"}),
    ("assemblyscript", SCRIPT, {"use": f"takes a: Array<string>{YET}", "named": f"gives string{YET}"}),
])  # fmt: skip
def test_the_type_that_is_in_the_way_is_named(name: str, text: str, reasons: dict[str, str]) -> None:
    assert language(name).unread(text) == reasons
