"""Modules of D's library that ldc's own copy does not have for a wasm target without a system: in their place stand these.

`std.math` and what is built on it then works as far as -betterC goes. Only what has no state is here; functions without a body become imports,
as those of C's headers do.
"""

from __future__ import annotations

_FIXED = "".join(
    f"alias {sign}int{kind}{bits}_t = {'u' if sign else ''}{name};\n"
    for sign in ("", "u")
    for kind in ("", "_least")
    for bits, name in ((8, "byte"), (16, "short"), (32, "int"), (64, "long"))
)

MODULES = {
    "core/stdc/config.d": """\
module core.stdc.config;
@nogc nothrow:
alias c_long = int;
alias c_ulong = uint;
alias cpp_long = int;
alias cpp_ulong = uint;
alias cpp_longlong = long;
alias cpp_ulonglong = ulong;
alias cpp_size_t = size_t;
alias cpp_ptrdiff_t = ptrdiff_t;
alias c_long_double = real;
struct _Complex(T) { T re; T im; }
alias c_complex_float = _Complex!float;
alias c_complex_double = _Complex!double;
alias c_complex_real = _Complex!real;
""",
    "core/stdc/fenv.d": """\
module core.stdc.fenv;
extern (C) @nogc nothrow:
alias fenv_t = uint;
alias fexcept_t = uint;
enum { FE_TONEAREST = 0, FE_ALL_EXCEPT = 0 }
int fegetround();
int fesetround(int);
""",
    "core/stdc/stdint.d": f"""\
module core.stdc.stdint;
{_FIXED}alias intptr_t = int;
alias uintptr_t = uint;
alias intmax_t = long;
alias uintmax_t = ulong;
enum int INT32_MIN = int.min, INT32_MAX = int.max;
enum uint UINT32_MAX = uint.max;
enum long INT64_MIN = long.min, INT64_MAX = long.max;
enum ulong UINT64_MAX = ulong.max;
""",
    "core/stdc/stdlib.d": """\
module core.stdc.stdlib;
extern (C) @nogc nothrow:
void* malloc(size_t size);
void* calloc(size_t count, size_t size);
void* realloc(void* old, size_t size);
void free(void* old);
noreturn abort();
noreturn exit(int status);
int abs(int value);
""",
}
"""Text of each module by its path."""
